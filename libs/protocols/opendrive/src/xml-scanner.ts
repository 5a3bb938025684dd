/** An element of a document without namespaces: a prefix is cut off. `attributes` is `[name, value, name, value, …]`. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: readonly string[];
  readonly children: readonly XmlElement[];
  /** Character data directly inside, CDATA included; '' where there is only white space. */
  readonly text: string;
}

export type XmlFaultCode = 'QM_MAP_XML' | 'QM_MAP_TRUNCATED' | 'QM_MAP_DOCTYPE' | 'QM_MAP_TOO_DEEP' | 'QM_MAP_TOO_LARGE';

export type XmlResult =
  | { readonly kind: 'document'; readonly root: XmlElement }
  /** `line` and `column` count from 1. */
  | { readonly kind: 'broken'; readonly code: XmlFaultCode; readonly line: number; readonly column: number; readonly because: string };

export interface XmlLimits {
  readonly maxDepth: number;
  readonly maxElements: number;
  readonly maxAttributes: number;
}

interface OpenElement {
  readonly name: string;
  readonly qualifiedName: string;
  readonly attributes: readonly string[];
  children: XmlElement[] | null;
  text: string;
}

class Broken extends Error {
  constructor(readonly code: XmlFaultCode, readonly at: number, readonly because: string) {
    super(because);
  }
}

const NONE: readonly never[] = [];
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: '\'' };
const Char = { tab: 9, space: 32, quote: 34, ampersand: 38, apostrophe: 39, slash: 47, colon: 58, less: 60, equals: 61, greater: 62, question: 63, exclamation: 33 } as const;

/**
 * Reads a document into a tree in one pass, without recursion: time is linear in the text and the limits bound the memory. Knows elements, attributes,
 * character data, CDATA, comments, processing instructions and the five predefined and numeric entities; there is no other way to expand text, and a
 * document type declaration, the usual carrier of such ways, is refused. A comment or blank line before the XML declaration is tolerated, as several
 * map editors write one.
 */
export function scanXml(text: string, limits: XmlLimits): XmlResult {
  try {
    return { kind: 'document', root: new XmlScanner(text, limits).document() };
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    return { kind: 'broken', code: error.code, because: error.because, ...placeOf(text, error.at) };
  }
}

function placeOf(text: string, at: number): { line: number; column: number } {
  let line = 1;
  let lineStart = 0;
  for (let next = text.indexOf('\n'); next >= 0 && next < at; next = text.indexOf('\n', next + 1)) {
    line += 1;
    lineStart = next + 1;
  }
  return { line, column: at - lineStart + 1 };
}

class XmlScanner {
  private at = 0;
  private elementCount = 0;
  private readonly open: OpenElement[] = [];
  private root: XmlElement | null = null;

  constructor(private readonly text: string, private readonly limits: XmlLimits) {}

  document(): XmlElement {
    const { text } = this;
    if (text.charCodeAt(0) === 0xfeff) this.at = 1;
    for (;;) {
      const tagAt = text.indexOf('<', this.at);
      this.characters(tagAt < 0 ? text.length : tagAt);
      if (tagAt < 0) break;
      const mark = text.charCodeAt(tagAt + 1);
      if (mark === Char.slash) this.endTag(tagAt);
      else if (mark === Char.exclamation) this.declaration(tagAt);
      else if (mark === Char.question) this.at = this.after('?>', tagAt + 2, tagAt, 'a processing instruction');
      else this.startTag(tagAt);
    }
    const inner = this.open.at(-1);
    if (inner) throw new Broken('QM_MAP_TRUNCATED', text.length, `the text ends inside <${inner.qualifiedName}>`);
    if (!this.root) throw new Broken(text.trim() === '' ? 'QM_MAP_TRUNCATED' : 'QM_MAP_XML', text.length, 'there is no element');
    return this.root;
  }

  /** Position behind the next `closing`. */
  private after(closing: string, from: number, openedAt: number, what: string): number {
    const found = this.text.indexOf(closing, from);
    if (found < 0) throw new Broken('QM_MAP_TRUNCATED', openedAt, `the text ends inside ${what}`);
    return found + closing.length;
  }

  private characters(end: number): void {
    const { text } = this;
    let first = this.at;
    while (first < end && text.charCodeAt(first) <= Char.space) first += 1;
    if (first < end) {
      const inner = this.open.at(-1);
      if (!inner) throw new Broken('QM_MAP_XML', first, 'there is text outside the root element');
      const run = text.slice(first, end);
      inner.text += run.includes('&') ? this.decoded(run, first) : run;
    }
    this.at = end;
  }

  private declaration(tagAt: number): void {
    const { text } = this;
    if (text.startsWith('<!--', tagAt)) {
      this.at = this.after('-->', tagAt + 4, tagAt, 'a comment');
      return;
    }
    if (text.startsWith('<![CDATA[', tagAt)) {
      const inner = this.open.at(-1);
      if (!inner) throw new Broken('QM_MAP_XML', tagAt, 'there is text outside the root element');
      this.at = this.after(']]>', tagAt + 9, tagAt, 'a CDATA section');
      inner.text += text.slice(tagAt + 9, this.at - 3);
      return;
    }
    if (text.startsWith('<!DOCTYPE', tagAt)) throw new Broken('QM_MAP_DOCTYPE', tagAt, 'document type declarations are not accepted');
    throw new Broken('QM_MAP_XML', tagAt, 'this declaration is not known');
  }

  private endTag(tagAt: number): void {
    const { text } = this;
    const inner = this.open.pop();
    if (!inner) throw new Broken('QM_MAP_XML', tagAt, 'an end tag closes nothing');
    const nameEnd = tagAt + 2 + inner.qualifiedName.length;
    let end = nameEnd;
    while (text.charCodeAt(end) <= Char.space) end += 1;
    if (!text.startsWith(inner.qualifiedName, tagAt + 2) || text.charCodeAt(end) !== Char.greater) {
      if (end >= text.length) throw new Broken('QM_MAP_TRUNCATED', text.length, `the text ends inside <${inner.qualifiedName}>`);
      throw new Broken('QM_MAP_XML', tagAt, `<${inner.qualifiedName}> is not closed before this tag`);
    }
    this.at = end + 1;
    this.close({ name: inner.name, attributes: inner.attributes, children: inner.children ?? NONE, text: inner.text });
  }

  private close(element: XmlElement): void {
    const parent = this.open.at(-1);
    if (!parent) this.root = element;
    else if (parent.children) parent.children.push(element);
    else parent.children = [element];
  }

  private startTag(tagAt: number): void {
    const { text, limits } = this;
    if (this.root) throw new Broken('QM_MAP_XML', tagAt, 'there is a second root element');
    this.elementCount += 1;
    if (this.elementCount > limits.maxElements) throw new Broken('QM_MAP_TOO_LARGE', tagAt, `there are more than ${limits.maxElements} elements`);
    this.at = tagAt + 1;
    const qualifiedName = this.name(tagAt, 'a tag');
    const attributes = this.attributes(tagAt, qualifiedName);
    const colon = qualifiedName.indexOf(':');
    const name = colon < 0 ? qualifiedName : qualifiedName.slice(colon + 1);
    if (text.charCodeAt(this.at) === Char.slash) {
      this.at += 2;
      this.close({ name, attributes, children: NONE, text: '' });
      return;
    }
    this.at += 1;
    if (this.open.length >= limits.maxDepth) throw new Broken('QM_MAP_TOO_DEEP', tagAt, `elements are nested more than ${limits.maxDepth} deep`);
    this.open.push({ name, qualifiedName, attributes, children: null, text: '' });
  }

  /** The name at the scanner's position, which moves behind it. */
  private name(tagAt: number, where: string): string {
    const { text } = this;
    const from = this.at;
    let end = from;
    while (isNameChar(text.charCodeAt(end))) end += 1;
    if (end >= text.length) throw new Broken('QM_MAP_TRUNCATED', tagAt, 'the text ends inside a tag');
    if (end === from) throw new Broken('QM_MAP_XML', from, `there is no name in ${where}`);
    this.at = end;
    return text.slice(from, end);
  }

  /** Leaves the scanner on the `>` or `/>` that ends the tag. */
  private attributes(tagAt: number, tag: string): readonly string[] {
    const { text, limits } = this;
    let found: string[] | null = null;
    for (;;) {
      const spaceAt = this.at;
      this.skipSpace();
      const code = text.charCodeAt(this.at);
      if (code === Char.greater || (code === Char.slash && text.charCodeAt(this.at + 1) === Char.greater)) return found ?? NONE;
      if (this.at >= text.length) throw new Broken('QM_MAP_TRUNCATED', tagAt, `the text ends inside <${tag}`);
      if (this.at === spaceAt) throw new Broken('QM_MAP_XML', this.at, `<${tag} is followed by something that is no attribute`);
      const nameAt = this.at;
      const name = this.name(tagAt, `<${tag}`);
      this.skipSpace();
      if (text.charCodeAt(this.at) !== Char.equals) throw this.brokenTag(tagAt, tag, `attribute ${name} has no value`);
      this.at += 1;
      this.skipSpace();
      const value = this.value(tagAt, tag, name);
      found ??= [];
      for (let i = 0; i < found.length; i += 2) if (found[i] === name) throw new Broken('QM_MAP_XML', nameAt, `attribute ${name} is given twice`);
      if (found.length >= 2 * limits.maxAttributes) throw new Broken('QM_MAP_TOO_LARGE', nameAt, `<${tag} has more than ${limits.maxAttributes} attributes`);
      found.push(name, value);
    }
  }

  private value(tagAt: number, tag: string, name: string): string {
    const { text } = this;
    const quote = text.charCodeAt(this.at);
    if (quote !== Char.quote && quote !== Char.apostrophe) throw this.brokenTag(tagAt, tag, `the value of ${name} is not quoted`);
    const from = this.at + 1;
    let end = from;
    let hasEntity = false;
    for (let code = text.charCodeAt(end); code !== quote; code = text.charCodeAt(end)) {
      if (code === Char.less) throw new Broken('QM_MAP_XML', end, `the value of ${name} contains <`);
      if (end >= text.length) throw new Broken('QM_MAP_TRUNCATED', tagAt, `the text ends inside <${tag}`);
      if (code === Char.ampersand) hasEntity = true;
      end += 1;
    }
    this.at = end + 1;
    const value = text.slice(from, end);
    return hasEntity ? this.decoded(value, from) : value;
  }

  private brokenTag(tagAt: number, tag: string, because: string): Broken {
    return this.at >= this.text.length ? new Broken('QM_MAP_TRUNCATED', tagAt, `the text ends inside <${tag}`) : new Broken('QM_MAP_XML', this.at, because);
  }

  private skipSpace(): void {
    while (this.text.charCodeAt(this.at) <= Char.space) this.at += 1;
  }

  private decoded(run: string, runAt: number): string {
    return run.replace(/&([^;&]{0,12};)?/g, (match: string, body: string | undefined, offset: number) => {
      const character = body === undefined ? null : entity(body.slice(0, -1));
      if (character === null) throw new Broken('QM_MAP_XML', runAt + offset, `${match} is not an entity that can be read`);
      return character;
    });
  }
}

function isNameChar(code: number): boolean {
  return (code > Char.space && code !== Char.slash && code !== Char.greater && code !== Char.equals && code !== Char.less
    && code !== Char.quote && code !== Char.apostrophe && code !== Char.ampersand);
}

function entity(body: string): string | null {
  if (!body.startsWith('#')) return Object.hasOwn(ENTITIES, body) ? ENTITIES[body]! : null;
  const isHex = body.startsWith('#x');
  const digits = body.slice(isHex ? 2 : 1);
  if (!(isHex ? /^[0-9a-fA-F]+$/ : /^[0-9]+$/).test(digits)) return null;
  const point = parseInt(digits, isHex ? 16 : 10);
  const isCharacter = point === 9 || point === 10 || point === 13 || (point >= 32 && point <= 0x10ffff && !(point >= 0xd800 && point < 0xe000));
  return isCharacter ? String.fromCodePoint(point) : null;
}
