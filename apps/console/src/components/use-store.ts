import { createContext } from 'preact';
import { useContext, useEffect, useReducer } from 'preact/hooks';
import type { ConsoleStore } from '../console-store';

export const StoreContext = createContext<ConsoleStore | null>(null);

/** The store; the component is drawn again whenever it changes. */
export function useStore(): ConsoleStore {
  const store = useContext(StoreContext);
  if (store === null) throw new Error('there is no store around this component');
  const [, redraw] = useReducer((times: number, _: undefined) => times + 1, 0);
  useEffect(() => store.subscribe(() => { redraw(undefined); }), [store]);
  return store;
}
