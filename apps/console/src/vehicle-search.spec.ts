import type { VehicleStatus } from '@quaymaster/messages';
import { searchVehicles } from './vehicle-search';

const status = (vehicleId: string, activity: VehicleStatus['activity'], missionId = ''): VehicleStatus => ({
  vehicleId, modelId: '', activity, missionId, incidentId: '', routeId: '', because: [], holds: [], atMs: 0,
});
const fleet = [status('TT-10', 'driving', 'M-7'), status('TT-9', 'driving'), status('AGV-1', 'held'), status('AGV-2', 'parking', 'M-8')];
const idsOf = (query: string): string[] => searchVehicles(fleet, query).map(({ vehicleId }) => vehicleId);

describe('searchVehicles', () => {
  it('lists what is held first and numbers by their value', () => {
    expect(idsOf('')).toEqual(['AGV-1', 'AGV-2', 'TT-9', 'TT-10']);
  });
  it('needs every word, in id, state or mission', () => {
    expect(idsOf('agv slot')).toEqual(['AGV-2']);
    expect(idsOf('m-7')).toEqual(['TT-10']);
    expect(idsOf('tt held')).toEqual([]);
  });
});
