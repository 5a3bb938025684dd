import type { CommandParams } from '@quaymaster/messages';
import type { Drive } from './drive/drive';
import type { RouteLibrary } from './planning/route-library';
import type { SiteState } from './site-state';

const TTL_MS: Readonly<Record<CommandParams['kind'], number>> = { stop: 15_000, resume: 5000, route: 8000, release: 4000 };

/** Writes the scheduler's commands; they leave with the transaction that stores the decision they follow from. */
export class CommandDesk {
  private serial = 0;

  constructor(private readonly state: SiteState, private readonly library: RouteLibrary, readonly epoch: number) {}

  issue(vehicleId: string, params: CommandParams, causeId: string, nowMs: number): void {
    this.serial += 1;
    // Epoch and serial make the id unique without a random source: the same decisions give the same commands.
    const commandId = `${params.kind}-${this.epoch}-${this.serial}`;
    this.state.issue({
      commandId, vehicleId, epoch: this.epoch, issuedAtMs: nowMs, expiresAtMs: nowMs + TTL_MS[params.kind], causeId, actor: 'scheduler', params,
    });
  }

  issueRoute(drive: Drive, causeId: string, nowMs: number): void {
    const pathXyM = [...this.library.path(drive.blocks, drive.endSM).xyM];
    this.issue(drive.vehicleId, { kind: 'route', routeId: drive.routeId, pathXyM, startSM: drive.startSM, ...this.limits(drive) }, causeId, nowMs);
  }

  /** Speed limits along a drive as they go on the wire. */
  limits(drive: Drive): { limitFromSM: number[]; limitMps: number[] } {
    const { fromSM, limitMps } = this.library.limits(this.library.route(drive.blocks));
    return { limitFromSM: [...fromSM], limitMps: [...limitMps] };
  }
}
