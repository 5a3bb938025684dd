import { render } from 'preact';
import { App } from './components/app';
import { applyTheme, keptTheme } from './theme';
import './styles/tokens.css';
import './styles/layout.css';
import './styles/panel.css';
import './styles/map.css';

applyTheme(keptTheme());
render(<App />, document.getElementById('app')!);
