/**
 * Uniform numbers in [0, 1) from a seed: the same seed gives the same sequence everywhere. Not for secrets.
 *
 * Source: Tommy Ettinger's mulberry32, a 32-bit counter run through a mixing function.
 */
export function seededRandom(seed: number): () => number {
  let counter = seed >>> 0;
  return () => {
    counter = (counter + 0x6d2b79f5) >>> 0;
    let mixed = counter;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
