import { createPolyline, poseOnPolyline, seededRandom } from '@quaymaster/geometry';
import type { Frame } from '@quaymaster/messages';
import fc from 'fast-check';
import { Actor, agv, bend, line, tractor } from '../testing/actor';
import { CollisionConfig } from './collision.config';
import { MotionForecast } from './motion-forecast';
import { PlanLibrary } from './plan-library';
import { reachM } from './reach';
import { SweptBoxes } from './swept-boxes';
import { samplesFor, VehicleTrack } from './vehicle-track';

const config = CollisionConfig.from({});
const samples = samplesFor(config.horizonS);

describe('reachM', () => {
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
      const wayM = reachM(track, config.lateralM);
      const boxes = new SweptBoxes();
      boxes.set(boxes.add(), track.body!, 0);
      const outside = { meets: (minXM: number, minYM: number, maxXM: number, maxYM: number) => Math.max(frame.xM - minXM, maxXM - frame.xM, frame.yM - minYM, maxYM - frame.yM) > wayM };
      expect(boxes.inCommon(0, 0, 0, outside)).toBe(false);
      // A lost vehicle's body is given in the site frame.
      const { pointXM, pointYM } = forecast.ghost(track)!.shape;
      for (let i = 0; i < pointXM.length; i += 1) expect(Math.hypot(pointXM[i]! - frame.xM, pointYM[i]! - frame.yM)).toBeLessThanOrEqual(wayM);
    }), { numRuns: 500 });
  });
});
