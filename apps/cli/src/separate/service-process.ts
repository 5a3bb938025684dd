import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

export type ProcessEnv = Readonly<Record<string, string | undefined>>;

const ENTRY = join(__dirname, '..', '..', 'bin', 'quaymaster.js');
/** A process that is still there then is killed, whatever its owner forgets. */
const LIFE_MS = 900_000;

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

  static start(role: string, env: ProcessEnv): ServiceProcess {
    return new ServiceProcess(role, env);
  }

  /** Resolves with the base address when it says `words`. Rejects, with what it has said, when it ends before. */
  async says(words: string, limitMs = 60_000): Promise<string> {
    const line = new RegExp(`^${this.role} ${words} on (http://\\S+) as \\S+`, 'm');
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<string>((resolve, reject) => {
        const look = (): void => {
          const url = line.exec(this.out)?.[1];
          if (url !== undefined) resolve(url);
          else if (this.child.exitCode !== null || this.child.signalCode !== null) reject(new Error(`run ${this.role} has ended with ${String(this.child.exitCode)}: ${this.out}${this.err}`));
        };
        timer = setTimeout(() => { reject(new Error(`run ${this.role} has not said '${words}' within ${limitMs} ms: ${this.out}${this.err}`)); }, limitMs);
        this.watchers.add(look);
        look();
      });
    } finally {
      clearTimeout(timer);
      this.watchers.clear();
    }
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
