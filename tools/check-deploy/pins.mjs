// What names an image or an action by tag, and the same text with the digest or commit beside the tag. Pure: texts in, texts out.

/** `FROM`, `image:` and entries of GitLab's `services`; ours are built here and have no digest yet, and what holds a variable is decided elsewhere. */
const IMAGE = /((?:^\s*FROM(?:\s+--platform=\S+)?\s+)|(?:\bimage:\s*["']?)|(?:-\s*\{\s*name:\s*["']))([a-z0-9][\w.\-/]*(?::\d+\/[\w.\-/]+)?:[\w.-]+)(?:@(sha256:[0-9a-f]{64}))?/gm;
const ACTION = /(\buses:\s*["']?)([\w.-]+\/[\w./-]+)@([0-9a-f]{40}|v[\w.-]+)(["']?)(?:[ \t]+#[ \t]*(v[\w.-]+))?/g;
const OWN = /(^|\/)quaymaster:/;

const isCommit = (text) => /^[0-9a-f]{40}$/.test(text);

/** Every reference of a text: its kind, its name with the tag, and its digest or commit, null where there is none. */
export function referencesIn(text) {
  const images = [...text.matchAll(IMAGE)].filter(([, , name]) => !OWN.test(name)).map(([, , name, digest]) => ({ kind: 'image', name, pin: digest ?? null }));
  const actions = [...text.matchAll(ACTION)]
    // A commit without its tag beside it says what runs; there is nothing to ask for.
    .filter(([, , , ref, , tag]) => !isCommit(ref) || tag !== undefined)
    .map(([, , action, ref, , tag]) => ({ kind: 'action', name: `${action}@${isCommit(ref) ? tag : ref}`, pin: isCommit(ref) ? ref : null }));
  return [...images, ...actions];
}

/** The text with each reference that `pins` (`kind name` -> digest or commit) knows pinned to it; the rest to the letter as it was. */
export function withPins(text, pins) {
  return text
    .replace(IMAGE, (whole, before, name) => {
      const digest = OWN.test(name) ? undefined : pins.get(`image ${name}`);
      return digest === undefined ? whole : `${before}${name}@${digest}`;
    })
    .replace(ACTION, (whole, before, action, ref, quote, tag) => {
      const version = isCommit(ref) ? tag : ref;
      const commit = version === undefined ? undefined : pins.get(`action ${action}@${version}`);
      return commit === undefined ? whole : `${before}${action}@${commit}${quote} # ${version}`;
    });
}
