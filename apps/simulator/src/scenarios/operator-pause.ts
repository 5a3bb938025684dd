import type { Zone } from '@quaymaster/virtual-map';
import { isInside } from './road-areas';
import type { Scenario, ScenarioWorld, Trigger } from './scenario';

const MOVING_MPS = 0.5;
/** A pause of fewer moving vehicles shows nothing. */
const FEWEST = 2;
/** Zones in which work is done; the yard first. */
const PAUSED_KINDS: readonly Zone['kind'][] = ['yard', 'berth', 'gate'];

/** Nothing is broken: an operator pauses the zone in which most vehicles are on the move. */
export const operatorPause: Scenario = {
  name: 'operator-pause',
  trigger({ map, vehicles }: ScenarioWorld): Trigger | null {
    for (const kind of PAUSED_KINDS) {
      const counted = map.zones.filter((zone) => zone.kind === kind).map((zone) => ({ zone, moving: movingInside(zone, vehicles) }));
      const busiest = counted.reduce<(typeof counted)[number] | null>((most, entry) => (most === null || entry.moving > most.moving ? entry : most), null);
      if (busiest === null || busiest.moving < FEWEST) continue;
      return { kind: 'pause-zone', zoneId: busiest.zone.id, because: `${busiest.moving} vehicles are on the move in ${busiest.zone.id}` };
    }
    return null;
  },
};

function movingInside(zone: Zone, vehicles: ScenarioWorld['vehicles']): number {
  return vehicles.filter(({ train }) => {
    const { xM, yM } = train.body.poses[0]!;
    return train.speedMps > MOVING_MPS && isInside(zone.outlineXyM, xM, yM);
  }).length;
}
