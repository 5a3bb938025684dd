export type DecodedText = { readonly kind: 'text'; readonly text: string; readonly warning: string | null } | { readonly kind: 'unreadable'; readonly because: string };

const DECLARED_ENCODING = /^[^<]{0,4}(?:<!--[\s\S]{0,2000}?-->\s*)?<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.-]{1,40})["']/;

/** Bytes as text: by the byte order mark, else by the encoding that the XML declaration names, else UTF-8. Bytes that are none become U+FFFD, with a warning. */
export function decodeText(bytes: Uint8Array): DecodedText {
  const label = markedEncoding(bytes) ?? DECLARED_ENCODING.exec(latin1(bytes.subarray(0, 2400)))?.[1] ?? 'utf-8';
  let decoder: InstanceType<typeof TextDecoder>;
  try {
    decoder = new TextDecoder(label);
  } catch {
    return { kind: 'unreadable', because: `encoding ${label} is not known` };
  }
  const text = decoder.decode(bytes);
  return { kind: 'text', text, warning: text.includes('\ufffd') ? `some bytes are not ${decoder.encoding}` : null };
}

function markedEncoding(bytes: Uint8Array): string | null {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8';
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return null;
}

function latin1(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
