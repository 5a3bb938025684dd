/** Nanometres and nanoradians: far below what a reader tells apart, and the same text on every machine. */
const DIGITS = 9;
/** Curvatures and cubic coefficients are multiplied by lengths; what is small needs digits that count. */
const SIGNIFICANT = 12;

/** A number as fixed, shortest decimal text, never in exponent form. */
export function numberText(value: number): string {
  const digits = value !== 0 && Math.abs(value) < 1 ? Math.min(20, DIGITS + Math.max(0, SIGNIFICANT - DIGITS - Math.ceil(Math.log10(Math.abs(value))))) : DIGITS;
  const text = value.toFixed(digits).replace(/\.?0+$/, '');
  return text === '-0' ? '0' : text;
}
