import type { JSX } from 'preact';
import { Icon } from './icons';
import { useStore } from './use-store';

const words = { pending: 'sent, waiting for the answer', done: 'done', refused: 'refused' } as const;

/** What became of each action. */
export function Toasts(): JSX.Element {
  const store = useStore();
  return (
    <ol class="toasts" role="log" aria-live="polite" aria-label="Actions">
      {store.log.entries.slice(-5).map((entry) => (
        <li key={entry.id} class={`toast ${entry.state}`} role={entry.state === 'refused' ? 'alert' : undefined}>
          <span class="toast-sign">{entry.state === 'pending' ? <span class="spinner" /> : <Icon name={entry.state === 'done' ? 'check' : 'warning'} />}</span>
          <div>
            <b>{entry.label}</b>: {words[entry.state]}
            {entry.code !== '' && <code>{entry.code}</code>}
            {entry.detail !== '' && <p>{entry.detail}</p>}
          </div>
          {entry.state !== 'pending' && <button type="button" class="button icon-only small" aria-label={`Dismiss ${entry.label}`} onClick={() => { store.log.dismiss(entry.id); }}><Icon name="close" size={14} /></button>}
        </li>
      ))}
    </ol>
  );
}
