import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useStore } from './use-store';

/** Asks before something that lets vehicles move again. */
export function ConfirmDialog(): JSX.Element {
  const store = useStore();
  const { confirmation } = store.ui;
  const dialog = useRef<HTMLDialogElement>(null);
  const [note, setNote] = useState('');
  useEffect(() => {
    setNote('');
    if (confirmation !== null) dialog.current?.showModal();
    else dialog.current?.close();
  }, [confirmation]);
  const close = (): void => { if (store.ui.confirmation !== null) store.set({ confirmation: null }); };
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby="confirm-title" onClose={close}>
      {confirmation !== null && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void store.act(confirmation.confirm(note));
            close();
          }}
        >
          <h2 id="confirm-title">{confirmation.title}</h2>
          <p>{confirmation.text}</p>
          {confirmation.noteLabel !== '' && (
            <label class="field">
              <span>{confirmation.noteLabel}</span>
              <textarea rows={3} maxLength={400} required autofocus value={note} onInput={(event) => { setNote(event.currentTarget.value); }} />
            </label>
          )}
          <div class="dialog-actions">
            <button type="button" class="button" onClick={close}>Cancel</button>
            <button type="submit" class="button primary">{confirmation.confirmLabel}</button>
          </div>
        </form>
      )}
    </dialog>
  );
}
