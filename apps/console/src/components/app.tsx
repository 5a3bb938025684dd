import type { JSX } from 'preact';
import { useCallback, useEffect, useState } from 'preact/hooks';
import { ConsoleStore } from '../console-store';
import { forgetToken, keepToken, takeToken } from '../session';
import { ConsolePage } from './console-page';
import { SignIn } from './sign-in';
import { StoreContext } from './use-store';

/** The console, or the sign-in while there is no token that the server takes. */
export function App(): JSX.Element {
  const [token, setToken] = useState<string | null>(startToken);
  const [store, setStore] = useState<ConsoleStore | null>(null);
  const [refusal, setRefusal] = useState('');

  const leave = useCallback((because: string) => {
    forgetToken(sessionStorage);
    setRefusal(because);
    setToken(null);
  }, []);

  useEffect(() => {
    if (token === null) return undefined;
    const made = new ConsoleStore(token, () => { leave('The token was not accepted. It may have run out.'); });
    setStore(made);
    return () => {
      made.close();
      setStore(null);
    };
  }, [token, leave]);

  if (token === null) {
    return (
      <SignIn
        refusal={refusal}
        onToken={(given) => {
          keepToken(given, sessionStorage);
          setRefusal('');
          setToken(given);
        }}
      />
    );
  }
  if (store === null) return <main class="blank" aria-busy="true" />;
  return <StoreContext.Provider value={store}><ConsolePage onLeave={() => { leave(''); }} /></StoreContext.Provider>;
}

function startToken(): string | null {
  const { token, address } = takeToken(location.href, sessionStorage);
  if (address !== null) history.replaceState(null, '', address);
  return token;
}
