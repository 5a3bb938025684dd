import { simpleRing } from '@quaymaster/geometry';
import { createSampledPart, type SampledBody } from '@quaymaster/motion';
import { ScenarioFault } from './scenario-fault';

export interface PredictionScenario {
  /** How far to look, from 0 on [s]. */
  readonly horizonS: number;
  readonly ids: readonly string[];
  readonly bodies: readonly SampledBody[];
}

type Fields = Readonly<Record<string, unknown>>;
type Pose = readonly [number, number, number];

/** @throws ScenarioFault that names the place of the first thing that is wrong */
export function readScenario(file: string, text: string): PredictionScenario {
  return new ScenarioReader(file).read(text);
}

class ScenarioReader {
  constructor(private readonly file: string) {}

  read(text: string): PredictionScenario {
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch (error) {
      throw this.fault('', `it is not JSON: ${error instanceof Error ? error.message : String(error)}`);
    }
    const root = this.record(json, '', ['horizonS', 'bodies']);
    const horizonS = this.number(root['horizonS'], 'horizonS');
    if (horizonS < 0) throw this.fault('horizonS', `${horizonS} is negative`);
    const ids: string[] = [];
    const places = new Map<string, string>();
    const bodies = this.list(root['bodies'], 'bodies').map((value, i) => {
      const where = `bodies[${i}]`;
      const body = this.record(value, where, ['id', 'parts', 'trajectory']);
      const id = body['id'];
      if (typeof id !== 'string') throw this.fault(`${where}.id`, 'it is no text');
      const other = places.get(id);
      if (other !== undefined) throw this.fault(`${where}.id`, `${JSON.stringify(id)} is already the id of ${other}`);
      places.set(id, where);
      ids.push(id);
      return this.body(body, where);
    });
    return { horizonS, ids, bodies };
  }

  private body(body: Fields, where: string): SampledBody {
    const rings = this.filled(body['parts'], `${where}.parts`).map((value, p) => {
      const at = `${where}.parts[${p}]`;
      return this.polygon(this.record(value, at, ['polygonM'])['polygonM'], `${at}.polygonM`);
    });
    const tS: number[] = [];
    const poses: Pose[][] = rings.map(() => []);
    this.filled(body['trajectory'], `${where}.trajectory`).forEach((value, i) => {
      const at = `${where}.trajectory[${i}]`;
      const sample = this.record(value, at, ['tS', 'xM', 'yM', 'headingRad'], ['partPosesM']);
      const atS = this.number(sample['tS'], `${at}.tS`);
      if (i > 0 && !(atS > tS[i - 1]!)) throw this.fault(`${at}.tS`, `${atS} does not come after ${tS[i - 1]!}`);
      tS.push(atS);
      const own: Pose = [this.number(sample['xM'], `${at}.xM`), this.number(sample['yM'], `${at}.yM`), this.number(sample['headingRad'], `${at}.headingRad`)];
      const given = sample['partPosesM'] === undefined ? null : this.list(sample['partPosesM'], `${at}.partPosesM`);
      if (given !== null && given.length !== rings.length) throw this.fault(`${at}.partPosesM`, `there are ${given.length} poses for ${rings.length} parts`);
      poses.forEach((ofPart, p) => { ofPart.push(given === null ? own : this.pose(given[p], `${at}.partPosesM[${p}]`)); });
    });
    return { tS: Float64Array.from(tS), parts: rings.map((ring, p) => createSampledPart(ring, poses[p]!)) };
  }

  private polygon(value: unknown, where: string): Float64Array {
    const points = this.list(value, where).flatMap((point, i) => {
      const pair = this.list(point, `${where}[${i}]`);
      if (pair.length !== 2) throw this.fault(`${where}[${i}]`, `a point has 2 coordinates, not ${pair.length}`);
      return pair.map((coordinate, axis) => this.number(coordinate, `${where}[${i}][${axis}]`));
    });
    const ring = simpleRing(points);
    if (ring.kind === 'simple') return ring.ring;
    const because = { 'too few points': `a polygon has 3 points or more, not ${points.length / 2}`, 'no area': 'the polygon has no area', 'crosses or touches itself': 'the polygon crosses or touches itself' };
    throw this.fault(where, because[ring.because]);
  }

  private pose(value: unknown, where: string): Pose {
    const numbers = this.list(value, where);
    if (numbers.length !== 3) throw this.fault(where, `a pose is [x, y, heading], not ${numbers.length} numbers`);
    return [this.number(numbers[0], `${where}[0]`), this.number(numbers[1], `${where}[1]`), this.number(numbers[2], `${where}[2]`)];
  }

  private record(value: unknown, where: string, required: readonly string[], optional: readonly string[] = []): Fields {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw this.fault(where, 'it is no object');
    const dot = where === '' ? '' : `${where}.`;
    for (const name of required) if (!Object.hasOwn(value, name)) throw this.fault(`${dot}${name}`, 'it is missing');
    for (const name of Object.keys(value)) if (!required.includes(name) && !optional.includes(name)) throw this.fault(`${dot}${name}`, 'there is no such field');
    return value as Fields;
  }

  private list(value: unknown, where: string): readonly unknown[] {
    if (!Array.isArray(value)) throw this.fault(where, 'it is no list');
    return value;
  }

  private filled(value: unknown, where: string): readonly unknown[] {
    const list = this.list(value, where);
    if (list.length === 0) throw this.fault(where, 'it is empty');
    return list;
  }

  private number(value: unknown, where: string): number {
    if (typeof value !== 'number' || !Number.isFinite(value)) throw this.fault(where, `${value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 40)} is no finite number`);
    return value;
  }

  private fault(where: string, because: string): ScenarioFault {
    return new ScenarioFault(this.file, where, because);
  }
}
