import { type KeyPress, shortcutOf, shortcuts } from './shortcuts';

const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({ key, shiftKey: false, ctrlKey: false, altKey: false, metaKey: false, repeat: false, ...more });

describe('shortcutOf', () => {
  it('stops only with Shift', () => {
    expect(shortcutOf(press('p'))).toBeNull();
    expect(shortcutOf(press('s'))).toBeNull();
    expect(shortcutOf(press('P', { shiftKey: true }))).toBe('pause');
    expect(shortcutOf(press('S', { shiftKey: true }))).toBe('stop');
  });
  it('repeats only what moves the map while a key is held down', () => {
    expect(shortcutOf(press('P', { shiftKey: true, repeat: true }))).toBeNull();
    expect(shortcutOf(press('t', { repeat: true }))).toBeNull();
    expect(shortcutOf(press('+', { repeat: true }))).toBe('zoom');
    expect(shortcutOf(press('ArrowUp', { repeat: true }))).toBe('pan');
  });
  it('leaves the keys of the browser alone', () => {
    expect(shortcutOf(press('f', { ctrlKey: true }))).toBeNull();
    expect(shortcutOf(press('1', { altKey: true }))).toBeNull();
    expect(shortcutOf(press('r', { metaKey: true }))).toBeNull();
    expect(shortcutOf(press('constructor'))).toBeNull();
  });
  it('does everything that the help lists', () => {
    const pressed = ['?', '/', '1', 'ArrowUp', '+', 'f', 'c', 'l', 't', 'r', 'Escape'].map((key) => shortcutOf(press(key)));
    expect(new Set([...pressed, 'pause', 'stop'])).toEqual(new Set(shortcuts.map(({ action }) => action)));
  });
});
