import { z } from 'zod';
import { checkEnvironment, ConfigError } from './config';

const collision = z.object({ QM_MARGIN_M: z.coerce.number().min(0).max(10).default(0.5) });
const gateway = z.object({ QM_HTTP_PORT: z.coerce.number().int().min(0).max(65_535).default(8080), QM_TOKEN: z.string().min(8).optional() });

it.each([
  { env: {}, because: 'nothing set' },
  { env: { QM_MARGIN_M: '0', QM_HTTP_PORT: '65535' }, because: 'values at the ends of their ranges' },
  { env: { PATH: '/bin', MQ_X: '1', qm_margin: 'x' }, because: 'settings that are not ours' },
  { env: { QM_MARGIN_M: undefined }, because: 'a key without a value' },
])('an environment with $because passes', ({ env }) => {
  expect(() => { checkEnvironment(env, [collision, gateway]); }).not.toThrow();
});

it.each([
  { env: { QM_MARGIN: '1' }, names: 'QM_MARGIN is not a setting', because: 'a key that nobody knows' },
  { env: { QM_MARGIN_M: '10.1' }, names: 'QM_MARGIN_M', because: 'a value over its range' },
  { env: { QM_MARGIN_M: 'wide' }, names: 'QM_MARGIN_M', because: 'no number' },
  { env: { QM_HTTP_PORT: '80.5' }, names: 'QM_HTTP_PORT', because: 'a port that is not whole' },
  { env: { QM_TOKEN: 'short' }, names: 'QM_TOKEN', because: 'a token that is too short' },
])('an environment with $because is refused in one line that names the key and not the value', ({ env, names }) => {
  const check = () => { checkEnvironment(env, [collision, gateway]); };
  expect(check).toThrow(ConfigError);
  expect(check).toThrow(names);
  try {
    check();
  } catch (error) {
    expect((error as ConfigError).message).not.toContain('\n');
    expect((error as ConfigError).message).not.toContain('short\'');
  }
});
