import { LiveConnection, type LiveSocket, type LiveState, retryAfterMs } from './live-connection';

class Line implements LiveSocket {
  binaryType: BinaryType = 'blob';
  onopen: LiveSocket['onopen'] = null;
  onmessage: LiveSocket['onmessage'] = null;
  onclose: LiveSocket['onclose'] = null;
  isClosed = false;
  close(): void { this.isClosed = true; }
  open(): void { this.onopen?.(undefined as never); }
  say(data: unknown): void { this.onmessage?.({ data } as MessageEvent); }
  hangUp(): void { this.onclose?.(undefined as never); }
}

/** A page whose time passes when it is told to. */
function page(): { readonly lines: Line[]; readonly states: LiveState[]; readonly waits: number[]; pass(ms: number): void; isJoining: boolean; readonly live: LiveConnection; got: number } {
  let nowMs = 0;
  const tasks = new Set<{ readonly dueMs: number; readonly task: () => void }>();
  const all = {
    lines: [] as Line[], states: [] as LiveState[], waits: [] as number[], isJoining: true, got: 0,
    pass: (ms: number): void => {
      nowMs += ms;
      for (const entry of [...tasks]) {
        if (entry.dueMs > nowMs || !tasks.delete(entry)) continue;
        entry.task();
      }
    },
    live: null as unknown as LiveConnection,
  };
  all.live = new LiveConnection({
    message: () => all.isJoining, positions: (bytes) => { all.got += bytes.byteLength; },
    state: (state, inMs) => {
      all.states.push(state);
      if (state === 'waiting') all.waits.push(inMs);
    },
  }, {
    open: () => {
      const line = new Line();
      all.lines.push(line);
      return line;
    },
    random: () => 1,
    later: (task, afterMs) => {
      const entry = { dueMs: nowMs + afterMs, task };
      tasks.add(entry);
      return () => { tasks.delete(entry); };
    },
  });
  return all;
}

describe('LiveConnection', () => {
  it('hands on texts and binary messages of an open line', () => {
    const p = page();
    p.lines[0]!.open();
    p.lines[0]!.say('{}');
    p.lines[0]!.say(new ArrayBuffer(16));
    expect(p.got).toBe(16);
    expect(p.lines[0]!.binaryType).toBe('arraybuffer');
    expect(p.states).toEqual(['connecting', 'open']);
  });
  it('comes back after a line is cut, each time later, up to a limit', () => {
    const p = page();
    for (let attempt = 0; attempt < 7; attempt += 1) {
      p.lines.at(-1)!.hangUp();
      p.pass(p.waits.at(-1)!);
    }
    expect(p.waits).toEqual([500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
    expect(p.lines).toHaveLength(8);
  });
  it('waits briefly again once a message has come through', () => {
    const p = page();
    p.lines[0]!.hangUp();
    p.pass(500);
    p.lines[1]!.open();
    p.lines[1]!.say('{}');
    p.lines[1]!.hangUp();
    expect(p.waits).toEqual([500, 500]);
  });
  it('drops a line whose messages have a gap, and gets a snapshot on a new one', () => {
    const p = page();
    p.lines[0]!.open();
    p.isJoining = false;
    p.lines[0]!.say('{}');
    expect(p.lines[0]!.isClosed).toBe(true);
    p.pass(500);
    expect(p.lines).toHaveLength(2);
  });
  it('drops a line that sends what cannot be read', () => {
    const p = page();
    p.lines[0]!.open();
    p.lines[0]!.say('{');
    expect(p.states.at(-1)).toBe('waiting');
  });
  it('gives up a line that is silent for ten seconds, not one that speaks each nine', () => {
    const p = page();
    p.lines[0]!.open();
    for (let i = 0; i < 3; i += 1) {
      p.pass(9000);
      p.lines[0]!.say('{}');
    }
    expect(p.lines[0]!.isClosed).toBe(false);
    p.pass(10_000);
    expect(p.lines[0]!.isClosed).toBe(true);
  });
  it('stays closed once it is closed', () => {
    const p = page();
    p.live.close();
    p.live.reconnect();
    p.pass(60_000);
    expect(p.lines).toHaveLength(1);
    expect(p.states.at(-1)).toBe('closed');
  });
});

describe('retryAfterMs', () => {
  it('spreads over the upper half of its limit', () => {
    expect(retryAfterMs(0, 0)).toBe(250);
    expect(retryAfterMs(3, 0.5)).toBe(3000);
    expect(retryAfterMs(1000, 1)).toBe(10_000);
  });
});
