import { AttributeSpans, ScannedElement, type XmlElement } from './xml-element';
import { badEntityAt, expandEntities } from './xml-entities';

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

class Broken extends Error {
  constructor(readonly code: XmlFaultCode, readonly at: number, readonly because: string) {
    super(because);
  }
}

const Char = { space: 32, exclamation: 33, quote: 34, ampersand: 38, apostrophe: 39, slash: 47, less: 60, equals: 61, greater: 62, question: 63 } as const;

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
  private readonly open: ScannedElement[] = [];
  /** Names of the open elements as written, prefix included. */
  private readonly openNames: string[] = [];
  private readonly spans: AttributeSpans;
  private root: XmlElement | null = null;

  constructor(private readonly text: string, private readonly limits: XmlLimits) {
    this.spans = new AttributeSpans(text);
  }

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
    const inner = this.openNames.at(-1);
    if (inner !== undefined) throw new Broken('QM_MAP_TRUNCATED', text.length, `the text ends inside <${inner}>`);
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
    if (first < end) this.innermost(first).text += this.expanded(first, end);
    this.at = end;
  }

  private innermost(textAt: number): ScannedElement {
    const inner = this.open.at(-1);
    if (!inner) throw new Broken('QM_MAP_XML', textAt, 'there is text outside the root element');
    return inner;
  }

  private expanded(from: number, end: number): string {
    const run = this.text.slice(from, end);
    if (!run.includes('&')) return run;
    const expanded = expandEntities(run);
    if (expanded === null) throw new Broken('QM_MAP_XML', from + badEntityAt(run), '& starts no entity that can be read');
    return expanded;
  }

  private declaration(tagAt: number): void {
    const { text } = this;
    if (text.startsWith('<!--', tagAt)) {
      this.at = this.after('-->', tagAt + 4, tagAt, 'a comment');
    } else if (text.startsWith('<![CDATA[', tagAt)) {
      const inner = this.innermost(tagAt);
      this.at = this.after(']]>', tagAt + 9, tagAt, 'a CDATA section');
      inner.text += text.slice(tagAt + 9, this.at - 3);
    } else if (text.startsWith('<!DOCTYPE', tagAt)) {
      throw new Broken('QM_MAP_DOCTYPE', tagAt, 'document type declarations are not accepted');
    } else {
      throw new Broken('QM_MAP_XML', tagAt, 'this declaration is not known');
    }
  }

  private endTag(tagAt: number): void {
    const { text } = this;
    const inner = this.open.pop();
    const name = this.openNames.pop();
    if (!inner || name === undefined) throw new Broken('QM_MAP_XML', tagAt, 'an end tag closes nothing');
    let end = tagAt + 2 + name.length;
    while (text.charCodeAt(end) <= Char.space) end += 1;
    if (!text.startsWith(name, tagAt + 2) || text.charCodeAt(end) !== Char.greater) {
      if (end >= text.length) throw new Broken('QM_MAP_TRUNCATED', text.length, `the text ends inside <${name}>`);
      throw new Broken('QM_MAP_XML', tagAt, `<${name}> is not closed before this tag`);
    }
    this.at = end + 1;
    this.close(inner);
  }

  private close(element: XmlElement): void {
    const parent = this.open.at(-1);
    if (parent) parent.append(element);
    else this.root = element;
  }

  private startTag(tagAt: number): void {
    const { text, limits, spans } = this;
    if (this.root) throw new Broken('QM_MAP_XML', tagAt, 'there is a second root element');
    this.elementCount += 1;
    if (this.elementCount > limits.maxElements) throw new Broken('QM_MAP_TOO_LARGE', tagAt, `there are more than ${limits.maxElements} elements`);
    this.at = tagAt + 1;
    const nameEnd = this.nameEnd(tagAt, 'a tag');
    const qualifiedName = text.slice(tagAt + 1, nameEnd);
    this.at = nameEnd;
    const from = spans.count;
    this.attributes(tagAt, qualifiedName, from);
    const element = new ScannedElement(qualifiedName.slice(qualifiedName.indexOf(':') + 1), spans, from, spans.count);
    if (text.charCodeAt(this.at) === Char.slash) {
      this.at += 2;
      this.close(element);
      return;
    }
    this.at += 1;
    if (this.open.length >= limits.maxDepth) throw new Broken('QM_MAP_TOO_DEEP', tagAt, `elements are nested more than ${limits.maxDepth} deep`);
    this.open.push(element);
    this.openNames.push(qualifiedName);
  }

  /** End of the name at the scanner's position. */
  private nameEnd(tagAt: number, where: string): number {
    const { text } = this;
    let end = this.at;
    while (isNameChar(text.charCodeAt(end))) end += 1;
    if (end >= text.length) throw new Broken('QM_MAP_TRUNCATED', tagAt, 'the text ends inside a tag');
    if (end === this.at) throw new Broken('QM_MAP_XML', this.at, `there is no name in ${where}`);
    return end;
  }

  /** Leaves the scanner on the `>` or `/>` that ends the tag. */
  private attributes(tagAt: number, tag: string, firstSpan: number): void {
    const { text, limits, spans } = this;
    for (;;) {
      const spaceAt = this.at;
      this.skipSpace();
      const nameAt = this.at;
      const code = text.charCodeAt(nameAt);
      if (code === Char.greater || (code === Char.slash && text.charCodeAt(nameAt + 1) === Char.greater)) return;
      if (nameAt >= text.length) throw new Broken('QM_MAP_TRUNCATED', tagAt, `the text ends inside <${tag}`);
      if (nameAt === spaceAt) throw new Broken('QM_MAP_XML', nameAt, `<${tag} is followed by something that is no attribute`);
      const nameEnd = this.nameEnd(tagAt, `<${tag}`);
      this.at = nameEnd;
      this.skipSpace();
      if (text.charCodeAt(this.at) !== Char.equals) throw this.brokenTag(tagAt, tag, `attribute ${text.slice(nameAt, nameEnd)} has no value`);
      this.at += 1;
      this.skipSpace();
      const valueAt = this.at + 1;
      this.skipValue(tagAt, tag);
      for (let i = firstSpan; i < spans.count; i += 1) {
        if (spans.isNamedAs(i, nameAt, nameEnd)) throw new Broken('QM_MAP_XML', nameAt, `attribute ${text.slice(nameAt, nameEnd)} is given twice`);
      }
      if (spans.count - firstSpan >= limits.maxAttributes) throw new Broken('QM_MAP_TOO_LARGE', nameAt, `<${tag} has more than ${limits.maxAttributes} attributes`);
      spans.add(nameAt, nameEnd, valueAt, this.at - 1);
    }
  }

  /** Moves behind a quoted value. */
  private skipValue(tagAt: number, tag: string): void {
    const { text } = this;
    const quote = text.charCodeAt(this.at);
    if (quote !== Char.quote && quote !== Char.apostrophe) throw this.brokenTag(tagAt, tag, 'the value of an attribute is not quoted');
    const from = this.at + 1;
    let end = from;
    let hasEntity = false;
    for (let code = text.charCodeAt(end); code !== quote; code = text.charCodeAt(end)) {
      if (code === Char.less) throw new Broken('QM_MAP_XML', end, 'the value of an attribute contains <');
      if (end >= text.length) throw new Broken('QM_MAP_TRUNCATED', tagAt, `the text ends inside <${tag}`);
      if (code === Char.ampersand) hasEntity = true;
      end += 1;
    }
    this.at = end + 1;
    if (hasEntity) this.expanded(from, end);
  }

  private brokenTag(tagAt: number, tag: string, because: string): Broken {
    return this.at >= this.text.length ? new Broken('QM_MAP_TRUNCATED', tagAt, `the text ends inside <${tag}`) : new Broken('QM_MAP_XML', this.at, because);
  }

  private skipSpace(): void {
    while (this.text.charCodeAt(this.at) <= Char.space) this.at += 1;
  }
}

function isNameChar(code: number): boolean {
  return code > Char.greater || (code > Char.space && code !== Char.slash && code !== Char.greater && code !== Char.equals && code !== Char.less
    && code !== Char.quote && code !== Char.apostrophe && code !== Char.ampersand);
}
