import { seededRandom } from '@quaymaster/geometry';
import { connectJunction } from '../junction-builder';
import type { TerminalOptions } from '../options';
import { SitePlan } from '../site-plan';
import { layBands } from './bands';
import { layColumns } from './columns';
import { layGate } from './gate';
import { layGrid } from './grid';
import { layParking, shareSlots } from './parking';
import { layQuay } from './quay';
import { Crossings } from './site';
import { layStreets } from './streets';

/** Lays out the whole terminal: roads first, then the lanes through their junctions. The same options give the same plan. */
export function layOut(options: TerminalOptions): SitePlan {
  const random = seededRandom(options.seed);
  const grid = layGrid(options, random);
  const plan = new SitePlan();
  const site = { plan, grid, crossings: new Crossings(plan, grid), random };
  layQuay(site, options.cranes);
  layStreets(site);
  layColumns(site);
  const junctions = layBands(site);
  layParking(site, junctions, shareSlots(grid, options.slots));
  layGate(site, junctions.entries.at(-1)![0]!);
  for (const junction of plan.junctions) connectJunction(plan, junction);
  return plan;
}
