/**
 * 64-bit FNV-1a, taken over 32-bit words instead of bytes: four times as fast, and a table's words are what the map is made of. Words are those of
 * little-endian memory, which every machine that runs JavaScript today has.
 *
 * Source: Fowler, Noll, Vo; IETF draft "The FNV Non-Cryptographic Hash Algorithm". Not for secrets.
 */
export class Fingerprint {
  private high = 0xcbf29ce4;
  private low = 0x84222325;

  word(value: number): void {
    const low = (this.low ^ value) >>> 0;
    const product = low * 0x1b3;
    this.high = (Math.imul(this.high, 0x1b3) + (low << 8) + Math.floor(product / 4294967296)) >>> 0;
    this.low = product >>> 0;
  }

  text(value: string): void {
    this.word(value.length);
    for (let i = 0; i < value.length; i += 1) this.word(value.charCodeAt(i));
  }

  texts(values: readonly string[]): void {
    this.word(values.length);
    for (const value of values) this.text(value);
  }

  number(value: number): void {
    this.table(Float64Array.of(value));
  }

  /** Adds the length and the content of a table. */
  table(values: Float64Array | Int32Array | Uint32Array | Uint8Array): void {
    this.word(values.length);
    if (values instanceof Uint8Array) {
      for (const value of values) this.word(value);
      return;
    }
    const words = new Int32Array(values.buffer, values.byteOffset, values.byteLength / 4);
    let { high, low } = this;
    for (let i = 0; i < words.length; i += 1) {
      low = (low ^ words[i]!) >>> 0;
      const product = low * 0x1b3;
      high = (Math.imul(high, 0x1b3) + (low << 8) + Math.floor(product / 4294967296)) >>> 0;
      low = product >>> 0;
    }
    this.high = high;
    this.low = low;
  }

  /** Sixteen hexadecimal digits. */
  toHex(): string {
    return this.high.toString(16).padStart(8, '0') + this.low.toString(16).padStart(8, '0');
  }
}
