import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Mark } from './icons';

export function SignIn({ refusal, onToken }: { refusal: string; onToken: (token: string) => void }): JSX.Element {
  const [token, setToken] = useState('');
  return (
    <main class="sign-in">
      <form
        class="card"
        onSubmit={(event) => {
          event.preventDefault();
          if (token.trim() !== '') onToken(token.trim());
        }}
      >
        <h1><Mark /> Quaymaster</h1>
        <p>Sign in with an access token. On its first start the control plane puts one into the file first-start-token of its data folder.</p>
        {refusal !== '' && <p class="refusal" role="alert">{refusal}</p>}
        <label for="token">Access token</label>
        <input
          id="token" type="password" autocomplete="current-password" autofocus required spellcheck={false} value={token}
          onInput={(event) => { setToken(event.currentTarget.value); }}
        />
        <button class="button primary" type="submit">Sign in</button>
        <p class="note">The token stays in this browser tab only.</p>
      </form>
    </main>
  );
}
