const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: '\'' };
const REFERENCE = /&([^;&]{0,12};)?/g;

/** Text with its entities expanded, once; null when one is none of the five predefined and no number of an XML character. */
export function expandEntities(text: string): string | null {
  return badEntityAt(text) < 0 ? text.replace(REFERENCE, (_, body: string) => entity(body.slice(0, -1)) ?? '') : null;
}

/** Offset of the first entity that cannot be expanded. */
export function badEntityAt(text: string): number {
  for (const { index, 1: body } of text.matchAll(REFERENCE)) if (body === undefined || entity(body.slice(0, -1)) === null) return index;
  return -1;
}

function entity(body: string): string | null {
  if (!body.startsWith('#')) return Object.hasOwn(NAMED, body) ? NAMED[body]! : null;
  const isHex = body.startsWith('#x');
  const digits = body.slice(isHex ? 2 : 1);
  if (!(isHex ? /^[0-9a-fA-F]+$/ : /^[0-9]+$/).test(digits)) return null;
  const point = parseInt(digits, isHex ? 16 : 10);
  const isCharacter = point === 9 || point === 10 || point === 13 || (point >= 32 && point <= 0x10ffff && !(point >= 0xd800 && point < 0xe000));
  return isCharacter ? String.fromCodePoint(point) : null;
}
