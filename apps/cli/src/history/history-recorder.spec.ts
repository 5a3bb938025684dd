import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InMemoryBus } from '@quaymaster/bus-memory';
import { ManualClock } from '@quaymaster/clock';
import { type Command, commandEvents, type CommandEvent, commands, type DeadLetter, deadLetters, type StopRequest, stopRequests } from '@quaymaster/messages';
import { HISTORY_GROUP, HistoryFile, HistoryRecorder, readHistory } from '.';

const command: Command = { commandId: 'c', vehicleId: 'T-01', epoch: 1, issuedAtMs: 100, expiresAtMs: 5100, causeId: 'M-1', actor: 'scheduler', params: { kind: 'resume' } };
const request: StopRequest = { requestId: 's', vehicleIds: ['T-01', 'T-02'], source: 'collision', causeId: 'C-1', reason: 'test', requestedAtMs: 200 };
const event: CommandEvent = { commandId: 'c', vehicleId: 'T-01', kind: 'resume', state: 'finished', sequence: 3, epoch: 1, causeId: 'M-1', because: '', atMs: 300 };

describe('a recorder', () => {
  let dir: string;
  let bus: InMemoryBus;
  let file: HistoryFile;
  let recorder: HistoryRecorder;

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'quaymaster-recorder-'));
    const clock = new ManualClock();
    bus = new InMemoryBus({ clock });
    file = await HistoryFile.create(join(dir, 'bus.jsonl'), 'bus', () => clock.nowMs());
    recorder = new HistoryRecorder(file);
    await recorder.listen(bus);
  });

  afterEach(async () => {
    await bus.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const recorded = async () => {
    await recorder.close();
    await file.close();
    return readHistory(file.path).filter(({ kind }) => kind !== 'end');
  };

  it('takes down commands, requests for stops and events as they are, and whom they come from', async () => {
    await bus.publish(commands, 'T-01', command, { messageId: 'm-1', source: 'scheduler-1', publishedAtMs: 110 });
    await bus.publish(stopRequests, 'T-01', request, { messageId: 'm-2', source: 'collision-1', publishedAtMs: 210 });
    await bus.publish(commandEvents, 'T-01', event, { messageId: 'm-3', source: 'dispatch-1', publishedAtMs: 310 });
    await bus.idle();
    expect((await recorded()).map((record) => ({ ...record, n: 0 })).sort((a, b) => a.at - b.at)).toEqual([
      { kind: 'issued', at: 110, messageId: 'm-1', source: 'scheduler-1', command, n: 0 },
      { kind: 'stop-requested', at: 210, messageId: 'm-2', source: 'collision-1', request, n: 0 },
      { kind: 'event', at: 300, messageId: 'm-3', source: 'dispatch-1', event, n: 0 },
    ]);
  });

  it('takes down a message once however often it comes, and another one of the same words', async () => {
    for (const messageId of ['m-1', 'm-1', 'm-2', 'm-1', 'm-2']) await bus.publish(commandEvents, 'T-01', event, { messageId });
    // Topics count their messages each for itself.
    await bus.publish(commands, 'T-01', command, { messageId: 'm-1' });
    await bus.idle();
    expect((await recorded()).map((record) => `${record.kind} ${'messageId' in record ? record.messageId : ''}`).sort()).toEqual(['event m-1', 'event m-2', 'issued m-1']);
  });

  it('hears no more after it was closed', async () => {
    await recorder.close();
    await bus.publish(commands, 'T-01', command);
    await turns();
    expect(await recorded()).toEqual([]);
  });
});

it('does not take a message for written that could not be', async () => {
  const clock = new ManualClock();
  const bus = new InMemoryBus({ clock });
  const full = await HistoryFile.create('/dev/full', 'bus', () => 0);
  await expect(full.close()).rejects.toThrow('ENOSPC');
  const dead: DeadLetter[] = [];
  await bus.subscribe(deadLetters, 'test', async (batch) => { dead.push(...batch.map(({ message }) => message)); });
  await new HistoryRecorder(full).listen(bus);
  await bus.publish(commands, 'T-01', command, { messageId: 'm-1' });
  for (let i = 0; i < 20; i += 1) {
    await turns();
    clock.advance(10_000);
  }
  // Every try was in vain.
  expect(dead.map(({ group, attempts }) => [group, attempts])).toEqual([[HISTORY_GROUP, 3]]);
  await bus.close();
});

/** Lets everything run that waits for nothing but its turn. */
async function turns(): Promise<void> {
  for (let i = 0; i < 20; i += 1) await new Promise((resolve) => { setImmediate(resolve); });
}
