import type { Conflict, DeviationKind, Incident, VehicleStatus } from '@quaymaster/messages';

export const activityWords: Readonly<Record<VehicleStatus['activity'], string>> = {
  idle: 'Idle', driving: 'Driving', working: 'Working', waiting: 'Waiting', held: 'Held', parking: 'Driving to slot', parked: 'Parked', immovable: 'Immovable',
  offline: 'Offline',
};

export const causeWords: Readonly<Record<Incident['cause'], string>> = {
  'imminent-conflict': 'Imminent conflict', 'lost-vehicle': 'Lost vehicle', deviation: 'Deviation', operator: 'Operator',
};

export const deviationWords: Readonly<Record<DeviationKind, { readonly name: string; readonly unit: string }>> = {
  lateral: { name: 'Beside its path', unit: 'm' }, heading: { name: 'Heading off its path', unit: 'rad' }, 'off-surface': { name: 'Off the drivable surface', unit: 'm' },
  'release-violation': { name: 'Beyond its release', unit: 'm' }, overspeed: { name: 'Too fast', unit: 'm/s' }, suspect: { name: 'Silent', unit: 's' }, lost: { name: 'Lost', unit: 's' },
};

export const severityWords: Readonly<Record<Conflict['severity'], string>> = { possible: 'Possible', warning: 'Warning', imminent: 'Imminent' };

/** The way of an incident; `failed` leaves it anywhere. */
export const incidentWay: readonly Incident['state'][] = ['detected', 'holding', 'held', 'planning', 'proposed', 'approved', 'clearing', 'parked', 'resuming', 'closed'];

/** `4 s`, `3 min 20 s`, `2 h 5 min`; never negative. */
export function durationText(durationMs: number): string {
  const seconds = Math.max(0, Math.round(durationMs / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  return minutes % 60 === 0 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Age of the picture: tenths of a second while it is fresh. */
export function ageText(ageMs: number): string {
  return ageMs < 10_000 ? `${(Math.max(0, ageMs) / 1000).toFixed(1)} s` : durationText(ageMs);
}

/** Local time of day with seconds, 24 hours. */
export function clockText(atMs: number): string {
  const at = new Date(atMs);
  return [at.getHours(), at.getMinutes(), at.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}

export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

/** Round length for a scale bar that fits into a width: 1, 2 or 5 times a power of ten [m]. */
export function scaleBarM(pixelsPerM: number, mostPx: number): number {
  const mostM = mostPx / pixelsPerM;
  const power = 10 ** Math.floor(Math.log10(mostM));
  return [5, 2, 1].map((digit) => digit * power).find((lengthM) => lengthM <= mostM) ?? power;
}
