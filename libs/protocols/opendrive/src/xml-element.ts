import { expandEntities } from './xml-entities';

/**
 * An element of a document without namespaces: a prefix is cut off. Attributes stay in the text until they are asked for, as most of a map's never are.
 */
export interface XmlElement {
  readonly name: string;
  readonly children: readonly XmlElement[];
  /** Character data directly inside, CDATA included; '' where there is only white space. */
  readonly text: string;
  readonly attributeCount: number;
  /** Value of an attribute, undefined where there is none of that name. */
  attribute(name: string): string | undefined;
}

/** Where the attributes of all elements lie in the text: name start, name end, value start, value end, four numbers each. */
export class AttributeSpans {
  private spans = new Int32Array(1 << 14);
  private used = 0;

  constructor(private readonly text: string) {}

  get count(): number {
    return this.used / 4;
  }

  add(nameAt: number, nameEnd: number, valueAt: number, valueEnd: number): void {
    if (this.used === this.spans.length) {
      const grown = new Int32Array(2 * this.used);
      grown.set(this.spans);
      this.spans = grown;
    }
    const { spans, used } = this;
    spans[used] = nameAt;
    spans[used + 1] = nameEnd;
    spans[used + 2] = valueAt;
    spans[used + 3] = valueEnd;
    this.used += 4;
  }

  /** Number of the attribute of that name among `[from, to)`, -1 when there is none. */
  find(name: string, from: number, to: number): number {
    const { spans, text } = this;
    for (let i = from; i < to; i += 1) {
      const nameAt = spans[4 * i]!;
      if (spans[4 * i + 1]! - nameAt === name.length && text.startsWith(name, nameAt)) return i;
    }
    return -1;
  }

  /** Whether attribute i has the name that lies at `[nameAt, nameEnd)`. */
  isNamedAs(i: number, nameAt: number, nameEnd: number): boolean {
    const { spans, text } = this;
    const otherAt = spans[4 * i]!;
    if (spans[4 * i + 1]! - otherAt !== nameEnd - nameAt) return false;
    for (let k = 0; k < nameEnd - nameAt; k += 1) if (text.charCodeAt(otherAt + k) !== text.charCodeAt(nameAt + k)) return false;
    return true;
  }

  value(i: number): string {
    const value = this.text.slice(this.spans[4 * i + 2], this.spans[4 * i + 3]);
    return value.includes('&') ? expandEntities(value) ?? value : value;
  }
}

/** Shared by all elements without children, so never written to. */
const NONE: XmlElement[] = [];

export class ScannedElement implements XmlElement {
  children: XmlElement[] = NONE;
  text = '';

  /** Its attributes are `[from, to)` of the spans. */
  constructor(readonly name: string, private readonly spans: AttributeSpans, private readonly from: number, private readonly to: number) {}

  get attributeCount(): number {
    return this.to - this.from;
  }

  attribute(name: string): string | undefined {
    const found = this.spans.find(name, this.from, this.to);
    return found < 0 ? undefined : this.spans.value(found);
  }

  append(child: XmlElement): void {
    if (this.children === NONE) this.children = [child];
    else this.children.push(child);
  }
}
