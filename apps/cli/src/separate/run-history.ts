import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DispatchConfig } from '@quaymaster/feature-dispatch';
import type { Clock, MessageBus } from '@quaymaster/ports';
import { checkHistory, HistoryFile, HistoryRecorder, mergeHistory, type RecordOf } from '../history';
import { serviceRoles } from './instance-set';
import type { Forgery } from './saboteur';
import type { ProcessEnv } from './service-process';

export interface HistorySummary {
  /** File of the recorded history. */
  readonly path: string;
  /** Commands issued and stops requested; a stop request counts once for each of its vehicles. */
  readonly commands: number;
  readonly lost: number;
  readonly doubled: number;
  readonly stale: number;
  /** All that the checker found, of these and of other kinds. */
  readonly violations: number;
}

export interface RunHistoryOptions {
  readonly dir: string;
  readonly bus: MessageBus;
  readonly clock: Clock;
  readonly scenario: string;
  readonly seed: number;
  readonly unsafe: readonly string[];
  /** What dispatch is configured with. */
  readonly featureEnv: ProcessEnv;
}

/** The recorded history of a run: what went over the bus is taken down here, what came of it at the vehicles by the simulator, and both are put together at the end. */
export class RunHistory {
  /** Where the simulator writes its part. */
  readonly effectsFile: string;
  private readonly path: string;
  private readonly recorder: HistoryRecorder;

  private constructor(private readonly clock: Clock, path: string, private readonly file: HistoryFile) {
    this.path = path;
    this.effectsFile = `${path}.vehicles`;
    this.recorder = new HistoryRecorder(file);
  }

  static async open({ dir, bus, clock, scenario, seed, unsafe, featureEnv }: RunHistoryOptions): Promise<RunHistory> {
    mkdirSync(dir, { recursive: true });
    const path = join(dir, `${scenario}-${seed}-${clock.nowMs()}.jsonl`);
    const history = new RunHistory(clock, path, await HistoryFile.create(`${path}.bus`, 'bus', () => clock.nowMs()));
    history.file.append({
      kind: 'run', at: clock.nowMs(), scenario, seed, roles: [...serviceRoles, 'simulator'], stopExpiryMs: DispatchConfig.from(featureEnv).stopExpiryMs,
      protections: { deduplication: !unsafe.includes('no-deduplication'), epoch: !unsafe.includes('no-epoch') },
    });
    await history.recorder.listen(bus);
    return history;
  }

  fault(action: RecordOf<'fault'>['action'], role: string, instance: string): void {
    this.file.append({ kind: 'fault', at: this.clock.nowMs(), action, role, instance });
  }

  forged(forgeries: readonly Forgery[]): void {
    for (const { vehicleId, command } of forgeries) this.file.append({ kind: 'forged', at: command.issuedAtMs, vehicleId, command });
  }

  /** Puts the parts together and judges the whole. Nothing is recorded afterwards. */
  async conclude(): Promise<HistorySummary> {
    await this.recorder.close();
    await this.file.close();
    const parts = [`${this.path}.bus`, this.effectsFile];
    const { commands, lost, doubled, stale, violations } = checkHistory(mergeHistory(parts, this.path));
    for (const part of parts) rmSync(part);
    return { path: this.path, commands, lost, doubled, stale, violations: violations.length };
  }

  async close(): Promise<void> {
    await this.recorder.close();
  }
}
