import { incidentStateSchema } from '@quaymaster/messages';
import { ageText, durationText, incidentWay, scaleBarM } from './wording';

describe('wording', () => {
  it.each([[-5, '0 s'], [59_400, '59 s'], [60_000, '1 min'], [200_000, '3 min 20 s'], [3_600_000, '1 h'], [7_500_000, '2 h 5 min']])('calls %d ms %s', (ms, text) => {
    expect(durationText(ms)).toBe(text);
  });
  it('gives a fresh age in tenths of a second', () => {
    expect([ageText(120), ageText(2300), ageText(65_000)]).toEqual(['0.1 s', '2.3 s', '1 min 5 s']);
  });
  it.each([[1, 100, 100], [0.9, 100, 100], [1.1, 100, 50], [0.02, 100, 5000], [60, 100, 1]])('draws a scale bar at %d px/m within %d px of %d m', (pixelsPerM, mostPx, lengthM) => {
    expect(scaleBarM(pixelsPerM, mostPx)).toBeCloseTo(lengthM, 9);
  });
  it('knows every state on the way of an incident', () => {
    expect([...incidentWay, 'failed'].sort()).toEqual([...incidentStateSchema.options].sort());
  });
});
