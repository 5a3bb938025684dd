import fc from 'fast-check';
import type { XmlElement } from './xml-element';
import { scanXml } from './xml-scanner';

const limits = { maxDepth: 5, maxElements: 50, maxAttributes: 4 };

function root(text: string): XmlElement {
  const result = scanXml(text, limits);
  if (result.kind === 'broken') throw new Error(`${result.code} at ${result.line}:${result.column}: ${result.because}`);
  return result.root;
}

const escaped = (text: string) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

describe('a document', () => {
  it.each([
    { text: '<a/>', because: 'one empty element' },
    { text: '\ufeff<?xml version="1.0"?>\n<a />', because: 'a byte order mark' },
    { text: '<!-- map -->\n<?xml version="1.0"?><a></a>', because: 'a comment before the declaration' },
    { text: '\n\n<?xml version="1.0"?><a></a >\n<!-- end --><?editor x?>\n', because: 'blank lines before, comment and instruction after' },
    { text: '<x:a xmlns:x="urn:x"></x:a>', because: 'a namespace prefix, which is cut off' },
  ])('is read with $because', ({ text }) => {
    expect(root(text)).toMatchObject({ name: 'a', children: [] });
  });

  it('keeps elements, attributes and text in order', () => {
    const a = root('<a x="1" y=\'2\'>one <b z = "<3"/>two<link>three</link></a>'.replace('<3', '&lt;3'));
    expect([a.attributeCount, a.attribute('x'), a.attribute('y'), a.attribute('z')]).toEqual([2, '1', '2', undefined]);
    expect(a.text).toBe('one two');
    expect(a.children.map((one) => [one.name, one.attribute('z'), one.text])).toEqual([['b', '<3', ''], ['link', undefined, 'three']]);
  });

  it('takes CDATA literally', () => {
    expect(root('<a><![CDATA[+proj=utm <&> ]]]]></a>').text).toBe('+proj=utm <&> ]]');
  });

  it.each([
    ['&lt;&gt;&amp;&quot;&apos;', '<>&"\''], ['&#65;&#x42;&#x1F6A2;', 'AB\u{1F6A2}'], ['a &amp;lt; b', 'a &lt; b'],
  ])('expands %s once, in text and in attributes', (written, meant) => {
    const a = root(`<a v="${written}">${written}</a>`);
    expect([a.attribute('v'), a.text]).toEqual([meant, meant]);
  });
});

describe('what is no document', () => {
  it.each([
    { text: '', code: 'QM_MAP_TRUNCATED', line: 1, column: 1 },
    { text: '<a>\n  <b>\n', code: 'QM_MAP_TRUNCATED', line: 3, column: 1 },
    { text: '<a>\n <b x="1', code: 'QM_MAP_TRUNCATED', line: 2, column: 2 },
    { text: '<a>\n</', code: 'QM_MAP_TRUNCATED', line: 2, column: 3 },
    { text: '<a><!-- ', code: 'QM_MAP_TRUNCATED', line: 1, column: 4 },
    { text: '<a><![CDATA[ ]]', code: 'QM_MAP_TRUNCATED', line: 1, column: 4 },
    { text: 'roads', code: 'QM_MAP_XML', line: 1, column: 1 },
    { text: '<a/>b', code: 'QM_MAP_XML', line: 1, column: 5 },
    { text: '<a/>\n<b/>', code: 'QM_MAP_XML', line: 2, column: 1 },
    { text: '<a><b></a>', code: 'QM_MAP_XML', line: 1, column: 7 },
    { text: '<a></ab>', code: 'QM_MAP_XML', line: 1, column: 4 },
    { text: '</a>', code: 'QM_MAP_XML', line: 1, column: 1 },
    { text: '<a x=1/>', code: 'QM_MAP_XML', line: 1, column: 6 },
    { text: '<a x/>', code: 'QM_MAP_XML', line: 1, column: 5 },
    { text: '<a x="1"y="2"/>', code: 'QM_MAP_XML', line: 1, column: 9 },
    { text: '<a x="1" x="2"/>', code: 'QM_MAP_XML', line: 1, column: 10 },
    { text: '<a x="<"/>', code: 'QM_MAP_XML', line: 1, column: 7 },
    { text: '< a/>', code: 'QM_MAP_XML', line: 1, column: 2 },
    { text: '<a>&bomb;</a>', code: 'QM_MAP_XML', line: 1, column: 4 },
    { text: '<a>fish & chips</a>', code: 'QM_MAP_XML', line: 1, column: 9 },
    { text: '<a>&#xD800;</a>', code: 'QM_MAP_XML', line: 1, column: 4 },
    { text: '<a>&#0;</a>', code: 'QM_MAP_XML', line: 1, column: 4 },
    { text: '<!ELEMENT a ANY><a/>', code: 'QM_MAP_XML', line: 1, column: 1 },
    { text: '\n<!DOCTYPE a [<!ENTITY b "bbbb">]><a>&b;</a>', code: 'QM_MAP_DOCTYPE', line: 2, column: 1 },
    { text: '<a><a><a><a><a><a/></a></a></a></a></a>', code: null, line: 0, column: 0 },
    { text: '<a><a><a><a><a><a></a></a></a></a></a></a>', code: 'QM_MAP_TOO_DEEP', line: 1, column: 16 },
    { text: `<a>${'<b/>'.repeat(50)}</a>`, code: 'QM_MAP_TOO_LARGE', line: 1, column: 200 },
    { text: '<a b="" c="" d="" e="" f=""/>', code: 'QM_MAP_TOO_LARGE', line: 1, column: 24 },
  ])('$text is answered with $code at $line:$column', ({ text, code, line, column }) => {
    const result = scanXml(text, limits);
    if (code === null) expect(result.kind).toBe('document');
    else expect(result).toMatchObject({ kind: 'broken', code, line, column });
  });

  it('is found in a million open tags without running out of stack', () => {
    expect(scanXml('<a>'.repeat(1_000_000), { ...limits, maxElements: 1e9, maxDepth: 1e9 })).toMatchObject({ kind: 'broken', code: 'QM_MAP_TRUNCATED' });
  });
});

interface Tree {
  readonly name: string;
  readonly attributes: readonly (readonly [string, string])[];
  readonly children: readonly Tree[];
  readonly text: string;
}

it('gives back every tree that is written down', () => {
  const word = fc.stringMatching(/^[a-z][a-zA-Z0-9]{0,6}$/);
  const text = fc.string({ unit: 'grapheme', maxLength: 8 }).map((one) => one.replace(/\s/g, ''));
  const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
    tree: fc.record({
      name: word,
      attributes: fc.uniqueArray(fc.tuple(word, text), { maxLength: 4, selector: ([name]) => name }),
      children: fc.oneof({ maxDepth: 3 }, fc.constant([]), fc.array(tie('tree'), { maxLength: 3 })),
      text,
    }),
  }));
  const written = ({ name, attributes, children, text: inside }: Tree): string => {
    const tag = attributes.map(([key, value]) => ` ${key}="${escaped(value)}"`).join('');
    return `<${name}${tag}>${escaped(inside)}${children.map(written).join('\n')}</${name}>`;
  };
  const expectSame = (found: XmlElement, meant: Tree): void => {
    expect([found.name, found.text, found.attributeCount, found.children.length]).toEqual([meant.name, meant.text, meant.attributes.length, meant.children.length]);
    for (const [key, value] of meant.attributes) expect(found.attribute(key)).toBe(value);
    for (const [i, child] of meant.children.entries()) expectSame(found.children[i]!, child);
  };
  fc.assert(fc.property(tree, (meant) => {
    const result = scanXml(written(meant), { maxDepth: 100, maxElements: 1e6, maxAttributes: 4 });
    if (result.kind === 'broken') throw new Error(result.because);
    expectSame(result.root, meant);
  }));
});
