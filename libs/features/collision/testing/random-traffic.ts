import { seededRandom } from '@quaymaster/geometry';
import { Actor, agv, bend, line, tractor } from './actor';

/** Traffic on the wide yard that is out of control: vehicles cross, meet and follow each other, leave their paths, fall silent and see things. The same for a seed. */
export class RandomTraffic {
  readonly actors: Actor[];
  private readonly changes: { readonly atMs: number; readonly make: () => void }[] = [];
  private elapsedMs = 0;

  constructor(seed: number, count: number, durationS: number) {
    const random = seededRandom(seed);
    this.actors = Array.from({ length: count }, (_, i) => {
      const [xM, yM] = [random() * 240 - 120, random() * 140 - 70];
      // Towards somewhere near the middle, where they meet.
      const headingRad = Math.atan2(random() * 60 - 30 - yM, random() * 100 - 50 - xM);
      const path = random() < 0.6 ? line(xM, yM, xM + 250 * Math.cos(headingRad), yM + 250 * Math.sin(headingRad))
        : bend(xM, yM, headingRad, 20 + 40 * random(), 18, (random() - 0.5) * Math.PI, 200);
      const speedMps = random() < 0.2 ? 0 : 2 + 6 * random();
      return new Actor(`V${String(i).padStart(2, '0')}`, random() < 0.5 ? agv : tractor, path, { sM: 1, speedMps, releasedToSM: speedMps === 0 ? 1 : 20 + 200 * random() });
    });
    for (const actor of this.actors) {
      const atMs = 1000 * durationS * random();
      const kind = random();
      if (kind < 0.25) this.changes.push({ atMs, make: () => { actor.offsetM = 1.6; } }, { atMs: atMs + 3000, make: () => { actor.offsetM = 0; } });
      else if (kind < 0.4) this.changes.push({ atMs, make: () => { actor.connected = false; } }, { atMs: atMs + 4500, make: () => { actor.connected = true; } });
      else if (kind < 0.55) this.changes.push({ atMs, make: () => { actor.stopped = true; } });
      else if (kind < 0.7) this.changes.push({ atMs, make: () => { actor.ignoresRelease = true; } });
      else if (kind < 0.85) {
        const [xM, yM] = [random() * 200 - 100, random() * 100 - 50];
        const polygonM = [xM, yM, xM + 0.6, yM, xM + 0.6, yM + 0.6, xM, yM + 0.6];
        this.changes.push({ atMs, make: () => { actor.objects = [{ objectId: 'p', kind: 'person', polygonM, vxMps: random() * 2 - 1, vyMps: 0 }]; } });
      }
    }
  }

  /** To be called before each step of so long. */
  step(stepMs: number): void {
    const fromMs = this.elapsedMs;
    this.elapsedMs += stepMs;
    for (const { atMs, make } of this.changes) if (atMs >= fromMs && atMs < this.elapsedMs) make();
  }
}
