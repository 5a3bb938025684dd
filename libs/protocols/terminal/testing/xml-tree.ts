/** An element of a well-formed document without text that matters: all that a generated map needs. */
export interface XmlElement {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlElement[];
}

/** The root element. @throws Error where tags do not match, which makes the test fail that reads it */
export function parseXml(text: string): XmlElement {
  const body = text.replace(/<\?[^?]*\?>/g, '').replace(/<!\[CDATA\[[\s\S]*?\]\]>/g, '');
  const document: XmlElement = { tag: '', attributes: {}, children: [] };
  const open = [document];
  for (const [whole, isEnd, tag, attributeText, isEmpty] of body.matchAll(/<(\/?)([\w:]+)((?:\s+[\w:]+="[^"<]*")*)\s*(\/?)>/g)) {
    if (isEnd === '/') {
      const closed = open.pop();
      if (closed?.tag !== tag) throw new Error(`${whole} closes ${closed?.tag ?? 'nothing'}`);
      continue;
    }
    const attributes: Record<string, string> = {};
    for (const [, name, value] of attributeText!.matchAll(/([\w:]+)="([^"]*)"/g)) {
      if (attributes[name!] !== undefined) throw new Error(`${whole} says ${name} twice`);
      attributes[name!] = value!;
    }
    const element: XmlElement = { tag: tag!, attributes, children: [] };
    open.at(-1)!.children.push(element);
    if (isEmpty !== '/') open.push(element);
  }
  const [root] = document.children;
  if (open.length !== 1 || root === undefined || document.children.length !== 1) throw new Error('not one root element');
  return root;
}

export function childrenOf(element: XmlElement, ...path: string[]): XmlElement[] {
  return path.reduce<XmlElement[]>((found, tag) => found.flatMap(({ children }) => children.filter((child) => child.tag === tag)), [element]);
}

export function textOf(element: XmlElement, attribute: string): string {
  const value = element.attributes[attribute];
  if (value === undefined) throw new Error(`${element.tag} has no ${attribute}`);
  return value;
}

export function numberOf(element: XmlElement, attribute: string): number {
  const value = Number(textOf(element, attribute));
  if (!Number.isFinite(value)) throw new Error(`${element.tag} ${attribute} is no number`);
  return value;
}
