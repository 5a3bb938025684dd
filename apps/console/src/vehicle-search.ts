import type { VehicleStatus } from '@quaymaster/messages';
import { activityWords } from './wording';

/** Held and unreachable vehicles come first: they are what a list is opened for. */
const rank: Readonly<Record<VehicleStatus['activity'], number>> = {
  immovable: 0, held: 1, offline: 2, parking: 3, waiting: 4, driving: 5, working: 6, parked: 7, idle: 8,
};

/** Vehicles whose id, activity, mission or incident holds every word of the query, in the order of the list. */
export function searchVehicles(vehicles: Iterable<VehicleStatus>, query: string): VehicleStatus[] {
  const words = query.toLowerCase().split(/\s+/).filter((word) => word !== '');
  const found: VehicleStatus[] = [];
  for (const status of vehicles) {
    const text = `${status.vehicleId} ${activityWords[status.activity]} ${status.activity} ${status.missionId} ${status.incidentId}`.toLowerCase();
    if (words.every((word) => text.includes(word))) found.push(status);
  }
  return found.sort((a, b) => rank[a.activity] - rank[b.activity] || a.vehicleId.localeCompare(b.vehicleId, 'en', { numeric: true }));
}
