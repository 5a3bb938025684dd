import { vehicleStatusSchema } from '@quaymaster/messages';
import { paintNumber, paintNumberOr, paints, readHexColour, readPalette } from './paint';

declare const __dirname: string;
const css = jest.requireActual<{ readFileSync(path: string, encoding: string): string }>('node:fs').readFileSync(`${__dirname}/../styles/tokens.css`, 'utf8');

/** Custom properties of the rule that follows a selector. */
function propertiesOf(selector: string): Map<string, string> {
  const rule = css.slice(css.indexOf(`${selector} {`));
  return new Map([...rule.slice(0, rule.indexOf('}')).matchAll(/(--[\w-]+):\s*([^;]+);/g)].map((match) => [match[1]!, match[2]!]));
}

describe('paint', () => {
  it.each([':root', ":root[data-theme='dark']"])('has a colour for each of its names in %s', (selector) => {
    const properties = propertiesOf(selector);
    for (const paint of paints) expect([paint, readHexColour(properties.get(`--map-${paint}`) ?? '')]).toEqual([paint, [expect.any(Number), expect.any(Number), expect.any(Number), expect.any(Number)]]);
  });
  it('has a colour for everything that a vehicle can do', () => {
    for (const activity of vehicleStatusSchema.shape.activity.options) expect(paints).toContain(activity);
  });
  it('premultiplies by alpha, and shows a missing colour as magenta', () => {
    const palette = readPalette((name) => (name === '--map-lane' ? '#ff800080' : ''));
    const lane = paintNumber('lane') * 4;
    expect([...palette.subarray(lane, lane + 4)]).toEqual([expect.closeTo(0.502, 3), expect.closeTo(0.252, 3), 0, expect.closeTo(0.502, 3)]);
    expect([...palette.subarray(lane + 4, lane + 8)]).toEqual([1, 0, 1, 1]);
  });
  it('falls back for a name that is no colour', () => {
    expect(paintNumberOr('zone-moon', 'zone-yard')).toBe(paintNumber('zone-yard'));
  });
  it.each([['#fff', [1, 1, 1, 1]], [' #000000 ', [0, 0, 0, 1]], ['#00ff0000', [0, 1, 0, 0]], ['red', null], ['#12345', null]])('reads %p as %p', (text, colour) => {
    expect(readHexColour(text)).toEqual(colour);
  });
});
