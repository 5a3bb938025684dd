/** Longest id that a message takes. */
const LONGEST = 128;

/** The text itself if it may be an id; else its start and a hash of all of it (FNV-1a, 32 bits). */
export function boundedId(text: string): string {
  if (text.length <= LONGEST) return text;
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return `${text.slice(0, LONGEST - 9)}~${hash.toString(16).padStart(8, '0')}`;
}
