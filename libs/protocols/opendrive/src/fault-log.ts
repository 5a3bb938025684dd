import type { MapFault } from '@quaymaster/virtual-map';

/** Collects what is wrong with a document. A document that is wrong everywhere is not reported everywhere: past a bound faults are only counted. */
export class FaultLog {
  private readonly kept: MapFault[] = [];
  private count = 0;

  constructor(private readonly maxKept = 1000) {}

  add(code: MapFault['code'], where: string, message: string): void {
    this.count += 1;
    if (this.kept.length < this.maxKept) this.kept.push({ code, where, message });
  }

  faults(): readonly MapFault[] {
    if (this.count <= this.kept.length) return this.kept;
    return [...this.kept, { code: 'QM_MAP_MORE', where: 'map', message: `${this.count - this.kept.length} more faults are not listed` }];
  }
}
