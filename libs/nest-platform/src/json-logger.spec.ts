import { JsonLogger, type LogLevel } from './json-logger';

function logged(level: LogLevel, act: (logger: JsonLogger) => void): Record<string, unknown>[] {
  const lines: string[] = [];
  act(new JsonLogger(level, (line) => { lines.push(line); }));
  return lines.map((line) => {
    expect(line.endsWith('\n')).toBe(true);
    expect(line.indexOf('\n')).toBe(line.length - 1);
    return JSON.parse(line) as Record<string, unknown>;
  });
}

it('writes one line of JSON an event, with its level, context and time', () => {
  const [line] = logged('info', (logger) => { logger.log('the bus\nis "up"', 'BusServer'); });
  expect(line).toEqual({ time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string, level: 'info', context: 'BusServer', message: 'the bus\nis "up"' });
});

it('keeps the stack that comes before the context', () => {
  const [line] = logged('info', (logger) => { logger.error('it broke', 'Error: it broke\n at x', 'Service'); });
  expect(line).toMatchObject({ level: 'error', context: 'Service', message: 'it broke', detail: 'Error: it broke\n at x' });
});

it('writes errors with their stacks and objects as JSON', () => {
  const lines = logged('info', (logger) => {
    logger.warn(new Error('odd'), 'S');
    logger.log({ a: 1 }, 'S');
  });
  expect(lines[0]!['message']).toContain('Error: odd\n');
  expect(lines[1]!['message']).toBe('{"a":1}');
});

it('writes whatever it is given', () => {
  const ring: Record<string, unknown> = {};
  ring['self'] = ring;
  const lines = logged('info', (logger) => { for (const odd of [ring, undefined, 10n, () => 1, Symbol('s')]) logger.log(odd, 'S'); });
  expect(lines).toHaveLength(5);
  for (const line of lines) expect(typeof line['message']).toBe('string');
});

it.each<[LogLevel, string[]]>([
  ['debug', ['debug', 'debug', 'info', 'warn', 'error']], ['info', ['info', 'warn', 'error']], ['warn', ['warn', 'error']], ['error', ['error']],
])('at level %s writes %j', (level, expected) => {
  const lines = logged(level, (logger) => {
    logger.verbose('x');
    logger.debug('x');
    logger.log('x');
    logger.warn('x');
    logger.error('x');
  });
  expect(lines.map((line) => line['level'])).toEqual(expected);
});
