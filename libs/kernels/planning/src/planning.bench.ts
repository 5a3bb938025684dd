import type { PlanningInstance } from './model';
import { solve } from './solve';
import { randomInstance } from './testing/street-grid';

/** What a plan costs in processor time, so that a busy machine does not change it: milliseconds over seeded instances, median and p99. Warmed. */
const INSTANCES = 40;
const WARM_UP = 8;
let sink = 0;

function measure(name: string, make: (seed: number) => PlanningInstance, iterations: number): void {
  const milliseconds: number[] = [];
  const gaps: number[] = [];
  let missing = 0;
  for (let seed = 1 - WARM_UP; seed <= INSTANCES; seed += 1) {
    const instance = make(Math.abs(seed));
    const started = process.cpuUsage();
    const plan = solve(instance, { iterations, shouldStop: () => false });
    const { user, system } = process.cpuUsage(started);
    sink += plan.makespanS;
    if (seed < 1) continue;
    milliseconds.push((user + system) / 1e3);
    gaps.push(plan.gapRatio);
    missing += plan.notPlanned.length;
  }
  const at = (values: number[], ratio: number): number => values.sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * ratio))]!;
  console.log(
    `${name}: median ${at(milliseconds, 0.5).toFixed(1)} ms, p99 ${at(milliseconds, 0.99).toFixed(1)} ms; proven gap median ${(100 * at(gaps, 0.5)).toFixed(1)} %, `
    + `worst ${(100 * at(gaps, 1)).toFixed(1)} %; ${missing} vehicles without a way`,
  );
}

/** 25 vehicles that keep the timetables of a plan made before, 8 others to plan around them. */
function missions(seed: number): PlanningInstance {
  const all = randomInstance(seed, { rows: 8, columns: 8, vehicles: 33, choices: 3, immovable: 0 });
  const kept = solve({ ...all, vehicles: all.vehicles.map((vehicle, i) => (i < 25 ? vehicle : { ...vehicle, candidates: [] })) }, { iterations: 0, shouldStop: () => false });
  return {
    ...all,
    vehicles: all.vehicles.map((vehicle) => {
      const planned = kept.vehicles.find(({ id }) => id === vehicle.id);
      return planned === undefined ? vehicle : { ...vehicle, candidates: [vehicle.candidates[planned.candidate]!], fixed: planned.timed };
    }),
  };
}

const grid = (rows: number, vehicles: number) => (seed: number): PlanningInstance => randomInstance(seed, { rows, columns: rows, vehicles, choices: 6, immovable: 0 });

measure('30 vehicles, 6 candidates each, 576 blocks, first plan', grid(8, 30), 0);
measure('30 vehicles, 400 rounds of search', grid(8, 30), 400);
measure('100 vehicles, 6 candidates each, 1,296 blocks, first plan', grid(12, 100), 0);
measure('100 vehicles, 400 rounds of search', grid(12, 100), 400);
measure('8 vehicles to plan among 25 that keep their timetables', missions, 0);
console.log(`sum of makespans ${sink.toFixed(1)} s`);
