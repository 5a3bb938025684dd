import type { MapFault } from '@quaymaster/virtual-map';

/**
 * Faults through which a map is not what its file says: something is missing, left out, contradicts itself or does not meet. All others are peculiarities
 * that a map can be driven with.
 */
const ERRORS: ReadonlySet<string> = new Set([
  'QM_MAP_ATTRIBUTE', 'QM_MAP_CONNECTION', 'QM_MAP_GAP', 'QM_MAP_GEOMETRY', 'QM_MAP_GEOMETRY_S', 'QM_MAP_HEADER', 'QM_MAP_JUNCTION', 'QM_MAP_LANE', 'QM_MAP_LENGTH',
  'QM_MAP_LINK', 'QM_MAP_NEGATIVE_WIDTH', 'QM_MAP_NO_ROADS', 'QM_MAP_ORDER', 'QM_MAP_ROAD', 'QM_MAP_SECTION', 'QM_MAP_WIDTH',
]);

/** Whether what a reader found is an error of the file or only worth a warning. */
export function severityOf({ code }: MapFault): 'error' | 'warning' {
  return ERRORS.has(code) ? 'error' : 'warning';
}
