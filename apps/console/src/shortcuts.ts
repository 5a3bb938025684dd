/** Keys of the console, as the help shows them and the page handles them. */
export const shortcuts = [
  { keys: '?', does: 'Show or hide this help', action: 'help' },
  { keys: '/', does: 'Search vehicles', action: 'search' },
  { keys: '1 2 3 4', does: 'Incidents, vehicles, alerts, missions', action: 'tab' },
  { keys: '← ↑ → ↓', does: 'Move the map', action: 'pan' },
  { keys: '+ −', does: 'Zoom', action: 'zoom' },
  { keys: 'F', does: 'Fit the map', action: 'fit' },
  { keys: 'C', does: 'Follow the selected vehicle', action: 'follow' },
  { keys: 'L', does: 'Show every route', action: 'routes' },
  { keys: 'T', does: 'Light or dark', action: 'theme' },
  { keys: 'R', does: 'Pause a region: draw it or pick a zone', action: 'region' },
  { keys: 'Shift P', does: 'Pause the whole site, at once', action: 'pause' },
  { keys: 'Shift S', does: 'Stop the selected vehicle, at once', action: 'stop' },
  { keys: 'Esc', does: 'Cancel drawing, close, or deselect', action: 'escape' },
] as const;

export type ShortcutAction = (typeof shortcuts)[number]['action'];

/** What of a key press matters. */
export interface KeyPress {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
  /** The key is being held down. */
  readonly repeat: boolean;
}

const plain: Readonly<Record<string, ShortcutAction>> = {
  '?': 'help', '/': 'search', 1: 'tab', 2: 'tab', 3: 'tab', 4: 'tab', ArrowLeft: 'pan', ArrowRight: 'pan', ArrowUp: 'pan', ArrowDown: 'pan', '+': 'zoom', '=': 'zoom', '-': 'zoom',
  f: 'fit', c: 'follow', l: 'routes', t: 'theme', r: 'region', Escape: 'escape',
};

/** What a key press asks for, null for nothing of ours. A stop needs Shift, so that no slip of a finger on a letter is one; a key held down moves the map only. */
export function shortcutOf(press: KeyPress): ShortcutAction | null {
  if (press.ctrlKey || press.altKey || press.metaKey) return null;
  if (press.shiftKey && !press.repeat && press.key === 'P') return 'pause';
  if (press.shiftKey && !press.repeat && press.key === 'S') return 'stop';
  const action = Object.hasOwn(plain, press.key) ? plain[press.key]! : null;
  return press.repeat && action !== 'pan' && action !== 'zoom' ? null : action;
}
