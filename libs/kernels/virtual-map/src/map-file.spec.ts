import { deserializeMap, serializeMap } from './map-file';
import { compiled, tJunction, variedRoads } from './testing/compiled';

describe('serializeMap and deserializeMap', () => {
  it.each([['a T junction', tJunction()], ['varied roads', variedRoads()]])('give %s back as it was', (_, source) => {
    const { map } = compiled(source);
    expect(deserializeMap(serializeMap(map))).toEqual({ kind: 'read', map });
  });
  it('read a map that lies anywhere in a larger buffer', () => {
    const { map } = compiled(tJunction());
    const bytes = serializeMap(map);
    const larger = new Uint8Array(bytes.length + 7);
    larger.set(bytes, 3);
    expect(deserializeMap(larger.subarray(3, 3 + bytes.length))).toEqual({ kind: 'read', map });
  });
  it('refuse what is no map, of another version, cut short, or changed', () => {
    const bytes = serializeMap(compiled(tJunction()).map);
    const changed = (at: number, value: number): Uint8Array => {
      const copy = bytes.slice();
      copy[at] = value;
      return copy;
    };
    const because = (given: Uint8Array): string | false => {
      const read = deserializeMap(given);
      return read.kind === 'refused' && read.because;
    };
    expect(because(new Uint8Array(4))).toBe('it is too short to be a compiled map');
    expect(because(changed(0, 1))).toBe('it is not a compiled map');
    expect(because(changed(4, 9))).toBe('it is of version 9, and this is version 2');
    expect(because(bytes.subarray(0, bytes.length - 8))).toBe('it is cut short');
    expect(because(changed(12, 0))).toBe('its header is damaged');
    expect(because(changed(bytes.length - 1, bytes[bytes.length - 1]! ^ 1))).toBe('its content does not fit its hash');
  });
});
