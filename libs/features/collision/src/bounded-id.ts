/** Longest id that a message takes. */
const LONGEST = 128;

/** The text itself if it may be an id; else its start and a hash of all of it (FNV-1a, 32 bits). */
export function boundedId(text: string): string {
  if (text.length <= LONGEST) return text;
  return `${text.slice(0, LONGEST - 9)}~${hashOf(text).toString(16).padStart(8, '0')}`;
}

/** A short word for a text: FNV-1a, 32 bits, in base 36. */
export function hash36(text: string): string {
  return hashOf(text).toString(36);
}

function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return hash;
}
