import { inspect } from 'node:util';
import type { LoggerService } from '@nestjs/common';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
const ORDER: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

/** One line of JSON an event on standard error; standard output belongs to results. */
export class JsonLogger implements LoggerService {
  constructor(private readonly level: LogLevel, private readonly write: (line: string) => void = (line) => { process.stderr.write(line); }) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.emit('info', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.emit('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.emit('warn', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.emit('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.emit('debug', message, rest);
  }

  private emit(level: LogLevel, message: unknown, rest: readonly unknown[]): void {
    if (ORDER.indexOf(level) < ORDER.indexOf(this.level)) return;
    const context = rest[rest.length - 1];
    const line = { time: new Date().toISOString(), level, context: typeof context === 'string' ? context : '', message: text(message), detail: rest.length > 1 && rest[0] !== undefined ? text(rest[0]) : undefined };
    this.write(`${JSON.stringify(line)}\n`);
  }
}

function text(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Error) return value.stack ?? value.message;
  try {
    const json: unknown = JSON.stringify(value);
    return typeof json === 'string' ? json : inspect(value);
  } catch {
    // A ring, a bigint: to log must never throw.
    return inspect(value);
  }
}
