import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { servicesEnv } from './services-env';

describe('servicesEnv', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'services-env-'));
    mkdirSync(join(folder, '.services'));
    mkdirSync(join(folder, 'libs', 'one'), { recursive: true });
  });
  afterEach(() => { rmSync(folder, { recursive: true }); });
  const started = (text: string) => { writeFileSync(join(folder, '.services', 'env.json'), text); };

  it('finds what was started from any folder of the repository', () => {
    started('{"QM_KAFKA_BROKERS":"127.0.0.1:9092","count":3}');
    for (const from of [folder, join(folder, 'libs', 'one')]) expect(servicesEnv({}, from)).toEqual({ QM_KAFKA_BROKERS: '127.0.0.1:9092' });
  });

  it('lets the environment win, unless it is empty there', () => {
    started('{"A":"file","B":"file"}');
    expect(servicesEnv({ A: 'environment', B: '', C: undefined }, folder)).toEqual({ A: 'environment', B: 'file' });
  });

  it('is only the environment where nothing was started', () => {
    expect(servicesEnv({ A: 'environment' }, folder)).toMatchObject({ A: 'environment' });
  });

  it('does not take a broken file for no servers', () => {
    started('{');
    expect(() => servicesEnv({}, folder)).toThrow(SyntaxError);
  });
});
