import { createPolyline, poseOnPolyline, seededRandom } from '@quaymaster/geometry';
import type { Frame } from '@quaymaster/messages';
import fc from 'fast-check';
import { Actor, agv, bend, line, tractor } from '../testing/actor';
import { CollisionConfig } from './collision.config';
import { MotionForecast } from './motion-forecast';
import { PlanLibrary } from './plan-library';
import { reachBox } from './reach';
import { SweptBoxes } from './swept-boxes';
import { samplesFor, VehicleTrack } from './vehicle-track';

const config = CollisionConfig.from({});
const samples = samplesFor(config.horizonS);

describe('reachBox', () => {
  it('holds whatever a vehicle is foreseen to do: on its plan or off it, stopped, driven by hand, standing, backing up, lost', () => {
    fc.assert(fc.property(fc.nat(), (seed) => {
      const random = seededRandom(seed);
      const model = random() < 0.5 ? agv : tractor;
      const path = random() < 0.5 ? line(0, 0, 200, 0) : bend(0, 0, 6 * random(), 30, 18, (random() - 0.5) * 4, 150);
      const actor = new Actor('A', model, path, { sM: 10 + 40 * random(), releasedToSM: 220 * random(), speedMps: 0 });
      const plans = new PlanLibrary();
      if (random() < 0.8) plans.learn({ ...actor.plan, limitMps: [1 + 8 * random()], publishedAtMs: 0 });
      const pose = new Float64Array(3);
      poseOnPolyline(createPolyline(path), actor.sM, pose);
      const asideM = (random() - 0.5) * (random() < 0.5 ? 1.9 : 8);
      const frame: Frame = {
        ...actor.frame(1000), xM: pose[0]! - asideM * Math.sin(pose[2]!), yM: pose[1]! + asideM * Math.cos(pose[2]!), headingRad: pose[2]! + (random() - 0.5) * 2.4,
        speedMps: random() < 0.3 ? 0 : random() * 12 - 3, accelerationMps2: (random() - 0.5) * 4, yawRateRadPs: (random() - 0.5) * 0.6, stopped: random() < 0.3,
        hitchAnglesRad: model.parts.length > 1 ? [(random() - 0.5) * 2] : [], mode: random() < 0.2 ? 'MANUAL' : 'AUTOMATIC', routeId: random() < 0.8 ? actor.routeId : '',
      };
      const track = new VehicleTrack(frame, samples, 1000);
      track.is(model);
      const forecast = new MotionForecast(plans, config, samples);
      forecast.foresee(track);
      const reach = new Float64Array(4);
      reachBox(track, reach);
      const [minXM, minYM, maxXM, maxYM] = reach as unknown as readonly [number, number, number, number];
      const boxes = new SweptBoxes();
      boxes.set(boxes.add(), track.body!, 0);
      boxes.inCommon(0, 0, 0, { meets: (...swept) => {
        expect([swept[0] >= minXM, swept[1] >= minYM, swept[2] <= maxXM, swept[3] <= maxYM]).toEqual([true, true, true, true]);
        return true;
      } });
      const { pointXM, pointYM } = forecast.ghost(track)!.shape;
      for (let i = 0; i < pointXM.length; i += 1) {
        const [xM, yM] = [frame.xM + pointXM[i]!, frame.yM + pointYM[i]!];
        expect([xM >= minXM, xM <= maxXM, yM >= minYM, yM <= maxYM]).toEqual([true, true, true, true]);
      }
    }), { numRuns: 500 });
  });
});
