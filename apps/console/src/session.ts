const KEY = 'quaymaster.token';

/** What a token is kept in; `sessionStorage` of the page. */
export interface TokenStore {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/**
 * Token of this tab: from the address (`#token=…` or `?token=…`) or kept from before.
 *
 * @returns `address` is the address without the token, to be shown instead; null where the address has none
 */
export function takeToken(href: string, store: TokenStore): { readonly token: string | null; readonly address: string | null } {
  const url = new URL(href);
  const fragment = new URLSearchParams(url.hash.slice(1));
  const given = fragment.get('token') ?? url.searchParams.get('token');
  if (given === null || given === '') return { token: store.getItem(KEY), address: null };
  store.setItem(KEY, given);
  fragment.delete('token');
  url.searchParams.delete('token');
  url.hash = fragment.toString();
  return { token: given, address: url.href.replace(/#$/, '') };
}

export function keepToken(token: string, store: TokenStore): void {
  store.setItem(KEY, token);
}

export function forgetToken(store: TokenStore): void {
  store.removeItem(KEY);
}
