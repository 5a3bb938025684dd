import { inFrameOf } from './curve';
import { numberText } from './number-text';
import type { Road, SiteObject } from './site-plan';

/** The `objects` element of a road, no line when nothing stands on it. @param firstId of its objects, which count up from there */
export function objectsXml(road: Road, firstId: number): string[] {
  if (road.objects.length === 0) return [];
  return ['<objects>', ...road.objects.map((object, i) => objectXml(road, object, firstId + i)), '</objects>'];
}

function objectXml(road: Road, object: SiteObject, id: number): string {
  const n = numberText;
  const head = (type: string, sM: number, tM: number, size: string): string => `<object id="${id}" name="${object.name}" type="${type}" s="${n(sM)}" t="${n(tM)}" `
    + `zOffset="0" validLength="0" orientation="+" hdg="0" pitch="0" roll="0" height="0"${size}>`;
  switch (object.kind) {
    case 'slot':
      return [
        head('parkingSpace', object.sM, 0, ` length="${n(object.lengthM)}" width="${n(object.widthM)}"`),
        `<parkingSpace access="${object.use === 'charging' ? 'electric' : 'truck'}"/>`, userData('qm:slot', object.use), '</object>',
      ].join('\n');
    case 'transferPoint':
      return [head('none', object.sM, object.tM, ' length="1" width="3"'), userData('qm:transferPoint', object.use), '</object>'].join('\n');
    case 'zone':
      return [head('none', 0, 0, ''), outlineXml(road, object.outlineXyM), userData('qm:zone', object.use), '</object>'].join('\n');
  }
}

function outlineXml(road: Road, outlineXyM: readonly number[]): string {
  const corners: string[] = [];
  for (let i = 0; i + 1 < outlineXyM.length; i += 2) {
    const [aheadM, leftM] = inFrameOf(road.start, outlineXyM[i]!, outlineXyM[i + 1]!);
    corners.push(`<cornerLocal u="${numberText(aheadM)}" v="${numberText(leftM)}" z="0" height="0" id="${i / 2}"/>`);
  }
  return ['<outlines>', '<outline id="0" closed="true" outer="true" fillType="concrete">', ...corners, '</outline>', '</outlines>'].join('\n');
}

function userData(code: string, value: string): string {
  return `<userData code="${code}" value="${value}"/>`;
}
