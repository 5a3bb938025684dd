import { forgetToken, keepToken, takeToken, type TokenStore } from './session';

function store(): TokenStore {
  const kept = new Map<string, string>();
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => { kept.set(key, value); }, removeItem: (key) => { kept.delete(key); } };
}

describe('takeToken', () => {
  it.each([
    { href: 'http://q/#token=t.1', address: 'http://q/' },
    { href: 'http://q/?token=t.1', address: 'http://q/' },
    { href: 'http://q/?a=1&token=t.1#view=2', address: 'http://q/?a=1#view=2' },
  ])('takes it out of $href and keeps it for this tab', ({ href, address }) => {
    const kept = store();
    expect(takeToken(href, kept)).toEqual({ token: 't.1', address });
    expect(takeToken('http://q/', kept)).toEqual({ token: 't.1', address: null });
  });
  it('has none where none was given or it was forgotten', () => {
    const kept = store();
    expect(takeToken('http://q/#token=', kept)).toEqual({ token: null, address: null });
    keepToken('t', kept);
    forgetToken(kept);
    expect(takeToken('http://q/', kept).token).toBeNull();
  });
});
