import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { shortcuts } from '../shortcuts';
import { Icon } from './icons';
import { useStore } from './use-store';

export function HelpDialog(): JSX.Element {
  const store = useStore();
  const dialog = useRef<HTMLDialogElement>(null);
  const { isHelpShown } = store.ui;
  useEffect(() => {
    if (isHelpShown) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isHelpShown]);
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby="help-title" onClose={() => { store.set({ isHelpShown: false }); }}>
      <header><h2 id="help-title">Keyboard</h2><button type="button" class="button icon-only" aria-label="Close" onClick={() => { store.set({ isHelpShown: false }); }}><Icon name="close" /></button></header>
      <dl class="keys">
        {shortcuts.map(({ keys, does }) => (
          <div key={keys}>
            <dt>{keys.split(' ').map((key) => <kbd key={key}>{key}</kbd>)}</dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <p class="note">
        Pausing and stopping take effect at once. Whatever lets vehicles move again asks first. All stops from here are controlled stop requests: each vehicle brakes
        in service and its own safety system remains responsible.
      </p>
    </dialog>
  );
}
