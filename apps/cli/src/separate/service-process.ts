import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

export type ProcessEnv = Readonly<Record<string, string | undefined>>;

const ENTRY = join(__dirname, '..', '..', 'bin', 'quaymaster.js');
/** A process that is still there then is killed, whatever its owner forgets. */
const LIFE_MS = 1_500_000;
/** Of what it has said, so much is told when it fails. */
const MOST_SAID = 4000;

/** `quaymaster run ROLE` as a process of its own, from what was built last. */
export class ServiceProcess {
  out = '';
  err = '';
  private readonly child: ChildProcess;
  private readonly exited: Promise<number | NodeJS.Signals>;
  private readonly watchers = new Set<() => void>();

  private constructor(readonly role: string, env: ProcessEnv) {
    // Nothing of the own environment but what Node needs: keys of the product are given here or not at all.
    const own = { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env };
    this.child = spawn(process.execPath, [ENTRY, 'run', role], { env: own, stdio: ['ignore', 'pipe', 'pipe'] });
    const kill = setTimeout(() => { this.child.kill('SIGKILL'); }, LIFE_MS);
    this.child.stdout!.on('data', (text: Buffer) => {
      this.out += text.toString('utf8');
      for (const watcher of this.watchers) watcher();
    });
    this.child.stderr!.on('data', (text: Buffer) => { this.err += text.toString('utf8'); });
    this.exited = new Promise((resolve) => {
      this.child.once('close', (code, signal) => {
        clearTimeout(kill);
        resolve(code ?? signal ?? -1);
        for (const watcher of this.watchers) watcher();
      });
    });
  }

  get pid(): number {
    return this.child.pid!;
  }

  static start(role: string, env: ProcessEnv): ServiceProcess {
    return new ServiceProcess(role, env);
  }

  /** Resolves with the base address when it says `words`, a regular expression. Rejects, with what it has said, when it ends before. */
  says(words: string, limitMs = 60_000): Promise<string> {
    const line = new RegExp(`^${this.role} ${words} on (http://\\S+) as \\S+`, 'm');
    return this.heard(`'${words}'`, (out) => line.exec(out)?.[1], limitMs);
  }

  /** Resolves with what is found in its standard output as soon as it is there. */
  async heard<T>(what: string, find: (out: string) => T | undefined, limitMs: number, signal?: AbortSignal): Promise<T> {
    let look: () => void = () => undefined;
    let abort: () => void = () => undefined;
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<T>((resolve, reject) => {
        const fail = (how: string): void => { reject(new Error(`run ${this.role} ${how}: ${this.out.slice(-MOST_SAID)}${this.err.slice(-MOST_SAID)}`)); };
        look = () => {
          const found = find(this.out);
          if (found !== undefined) resolve(found);
          else if (this.child.exitCode !== null || this.child.signalCode !== null) fail(`has ended with ${String(this.child.exitCode ?? this.child.signalCode)}`);
        };
        abort = () => { reject(signal?.reason as Error); };
        timer = setTimeout(() => { fail(`has not said ${what} within ${limitMs} ms`); }, limitMs);
        this.watchers.add(look);
        signal?.addEventListener('abort', abort, { once: true });
        if (signal?.aborted === true) abort();
        look();
      });
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      this.watchers.delete(look);
    }
  }

  /** Calls back with each whole line of its standard error from here on. */
  onNote(listen: (line: string) => void): void {
    let rest = '';
    this.child.stderr!.on('data', (text: Buffer) => {
      const lines = (rest + text.toString('utf8')).split('\n');
      rest = lines.pop()!;
      for (const line of lines) listen(line);
    });
  }

  /** Where it listens, as it said last; undefined before it has said anything. */
  address(): string | undefined {
    return [...this.out.matchAll(new RegExp(`^${this.role} \\S.* on (http://\\S+) as \\S+`, 'gm'))].at(-1)?.[1];
  }

  ready(): Promise<string> {
    return this.says('is ready');
  }

  /** Exit status, or the signal that ended it. */
  ended(): Promise<number | NodeJS.Signals> {
    return this.exited;
  }

  /** Asks it to end; how it ended, and how long that took. */
  async end(): Promise<{ readonly status: number | NodeJS.Signals; readonly tookMs: number }> {
    const fromMs = performance.now();
    this.child.kill('SIGTERM');
    return { status: await this.exited, tookMs: performance.now() - fromMs };
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
  }
}
