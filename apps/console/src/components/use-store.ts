import { createContext } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import type { ConsoleStore } from '../console-store';

export const StoreContext = createContext<ConsoleStore | null>(null);

/** The store; the component is drawn again whenever it changes. */
export function useStore(): ConsoleStore {
  const store = useContext(StoreContext);
  if (store === null) throw new Error('there is no store around this component');
  const [, setTimes] = useState(0);
  useEffect(() => store.subscribe(() => { setTimes((times) => times + 1); }), [store]);
  return store;
}
