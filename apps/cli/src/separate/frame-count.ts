import type { Cancel, Clock } from '@quaymaster/ports';
import type { ServiceProcess } from './service-process';

const LOOK_MS = 1000;
const ACCEPTED = /^qm_ingest_frames_accepted_total\S* (\d+)/m;

/** Frames that instances of ingest have accepted, as their metrics told last: what one that is killed accepted within its last second is not counted. */
export class FrameCount {
  private readonly last = new Map<ServiceProcess, number>();
  private readonly cancels: Cancel[] = [];

  constructor(private readonly clock: Clock) {}

  get total(): number {
    let total = 0;
    for (const frames of this.last.values()) total += frames;
    return total;
  }

  watch(process: ServiceProcess, url: string): void {
    this.cancels.push(this.clock.every(LOOK_MS, () => { void this.look(process, url); }));
  }

  close(): void {
    for (const cancel of this.cancels) cancel();
  }

  private async look(process: ServiceProcess, url: string): Promise<void> {
    const text = await fetch(`${url}/metrics`).then((response) => response.text(), () => '');
    const frames = ACCEPTED.exec(text)?.[1];
    if (frames !== undefined) this.last.set(process, Number(frames));
  }
}
