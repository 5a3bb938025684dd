import type { Cubic } from '@quaymaster/virtual-map';
import type { FaultLog } from './fault-log';
import type { XmlElement } from './xml-element';

/** First child of that name. */
export function child(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((one) => one.name === name);
}

export function childrenOf(element: XmlElement | undefined, name: string): readonly XmlElement[] {
  return element?.children.filter((one) => one.name === name) ?? [];
}

/** Exponents as Fortran programs write them: `1.5D+3`, and without a letter where three digits leave no room for it. */
const FORTRAN_EXPONENT = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:[dD]([+-]?\d+)|([+-]\d+))$/;

/** A finite number, else NaN. */
export function parseNumber(text: string): number {
  const value = Number(text);
  if (value === 0 && text.trim() === '') return NaN;
  if (Number.isFinite(value)) return value;
  const [, mantissa, exponent, bareExponent] = FORTRAN_EXPONENT.exec(text.trim()) ?? [];
  const other = mantissa === undefined ? NaN : Number(`${mantissa}e${exponent ?? bareExponent!}`);
  return Number.isFinite(other) ? other : NaN;
}

/** The attribute as a finite number; undefined where it is missing or no number, which is then reported. */
export function requiredNumber(element: XmlElement, name: string, where: string, log: FaultLog): number | undefined {
  const text = element.attribute(name);
  const value = text === undefined ? NaN : parseNumber(text);
  if (!Number.isNaN(value)) return value;
  log.add('QM_MAP_ATTRIBUTE', where, text === undefined ? `<${element.name}> has no ${name}` : `<${element.name}> has ${name}="${shown(text)}", which is no finite number`);
  return undefined;
}

/** As `requiredNumber`, but a missing attribute is the given value without a report. */
export function optionalNumber(element: XmlElement, name: string, otherwise: number, where: string, log: FaultLog): number {
  const text = element.attribute(name);
  return text === undefined ? otherwise : requiredNumber(element, name, where, log) ?? otherwise;
}

/** All of the named numbers, or null with a report for each that cannot be had. */
export function requiredNumbers<const N extends readonly string[]>(
  element: XmlElement, names: N, where: string, log: FaultLog,
): { readonly [K in keyof N]: number } | null {
  const values = names.map((name) => requiredNumber(element, name, where, log));
  return values.includes(undefined) ? null : values as unknown as { readonly [K in keyof N]: number };
}

export function integer(text: string | undefined): number | null {
  const value = text === undefined ? NaN : parseNumber(text);
  return Number.isSafeInteger(value) ? value : null;
}

/** Input that is quoted back in a message, cut to a readable length. */
export function shown(text: string): string {
  return text.length <= 40 ? text : `${text.slice(0, 40)}…`;
}

/** Polynomials in rising order of their start; records out of order are reported and sorted, unreadable ones reported and left out. */
export function readCubics(elements: readonly XmlElement[], startName: string, where: string, log: FaultLog): Cubic[] {
  const cubics: Cubic[] = [];
  for (const element of elements) {
    const sM = requiredNumber(element, startName, where, log);
    const a = requiredNumber(element, 'a', where, log);
    const b = requiredNumber(element, 'b', where, log);
    const c = requiredNumber(element, 'c', where, log);
    const d = requiredNumber(element, 'd', where, log);
    if (sM !== undefined && a !== undefined && b !== undefined && c !== undefined && d !== undefined) cubics.push({ sM, a, b, c, d });
  }
  return inOrder(cubics, `<${elements[0]?.name ?? ''}>`, where, log);
}

/** Sorts by `sM` (stable) and reports when that was needed. */
export function inOrder<T extends { readonly sM: number }>(records: T[], what: string, where: string, log: FaultLog): T[] {
  for (let i = 1; i < records.length; i += 1) {
    if (records[i]!.sM >= records[i - 1]!.sM) continue;
    log.add('QM_MAP_ORDER', where, `${what} records are not in rising order of s`);
    return records.sort((a, b) => a.sM - b.sM);
  }
  return records;
}

export function valueAt(cubic: Cubic, atSM: number): number {
  const ds = atSM - cubic.sM;
  return cubic.a + ds * (cubic.b + ds * (cubic.c + ds * cubic.d));
}

/** OpenDRIVE's speed units; a speed without a unit is in m/s. */
const MPS_PER: Readonly<Record<string, number>> = { 'm/s': 1, 'km/h': 1 / 3.6, mph: 0.44704 };

/** Stands for "no limit" [m/s]: above the speed of any road vehicle, and finite, as JSON knows no infinity. */
export const UNLIMITED_MPS = 100;

/** Speed of a `<speed>` element [m/s]: UNLIMITED_MPS where the file says there is no limit, null where it does not say a speed that can be used. */
export function readSpeedMps(element: XmlElement, where: string, log: FaultLog): number | null {
  const max = element.attribute('max')?.trim();
  if (max === 'no limit') return UNLIMITED_MPS;
  if (max === 'undefined') return null;
  const value = requiredNumber(element, 'max', where, log);
  if (value === undefined) return null;
  const unit = element.attribute('unit')?.trim() ?? 'm/s';
  const factor = Object.hasOwn(MPS_PER, unit) ? MPS_PER[unit] : undefined;
  if (factor === undefined) {
    log.add('QM_MAP_SPEED', where, `speed unit "${shown(unit)}" is not m/s, km/h or mph`);
    return null;
  }
  if (value > 0) return value * factor;
  log.add('QM_MAP_SPEED', where, `speed limit ${value} is not above 0`);
  return null;
}
