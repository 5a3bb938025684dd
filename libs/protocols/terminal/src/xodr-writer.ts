import type { CurvePiece, Pose } from './curve';
import { advance, curveLengthM } from './curve';
import { flareLengthM } from './junction-builder';
import { objectsXml } from './object-writer';
import type { ConnectingRoad, Junction, Road, SitePlan } from './site-plan';
import { numberText } from './number-text';

/** The reference point of a terminal that exists nowhere: open water in the German Bight. */
const GEO_REFERENCE = '+proj=tmerc +lat_0=54 +lon_0=7.5 +k=1 +x_0=0 +y_0=0 +ellps=WGS84 +units=m +no_defs';

export interface Bounds {
  readonly westM: number;
  readonly eastM: number;
  readonly southM: number;
  readonly northM: number;
}

interface WidthPiece {
  readonly sM: number;
  readonly a: number;
  readonly c: number;
  readonly d: number;
}

/** The plan as OpenDRIVE 1.7 text. @param bendMps speed limit on bends and in junctions [m/s] */
export function writeOpenDrive(plan: SitePlan, name: string, bounds: Bounds, bendMps: number): string {
  const n = numberText;
  let nextObjectId = 1;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<OpenDRIVE>',
    `<header revMajor="1" revMinor="7" name="${name}" version="1.00" north="${n(bounds.northM)}" south="${n(bounds.southM)}" east="${n(bounds.eastM)}" `
    + `west="${n(bounds.westM)}" vendor="Quaymaster">`,
    `<geoReference><![CDATA[${GEO_REFERENCE}]]></geoReference>`,
    '</header>',
    ...plan.roads.map((road) => {
      const firstId = nextObjectId;
      nextObjectId += road.objects.length;
      return roadXml(road, bendMps, firstId);
    }),
    ...plan.junctions.flatMap(({ id, connecting }) => connecting.map((road) => connectingRoadXml(road, id, bendMps))),
    ...plan.junctions.map(junctionXml),
    '</OpenDRIVE>',
    '',
  ].join('\n');
}

function roadXml(road: Road, bendMps: number, firstObjectId: number): string {
  const limits: { sM: number; limitMps: number }[] = [];
  let sM = 0;
  for (const piece of road.curve) {
    const limitMps = piece.curvaturePerM === 0 ? road.limitMps : Math.min(road.limitMps, bendMps);
    if (limits.at(-1)?.limitMps !== limitMps) limits.push({ sM, limitMps });
    sM += piece.lengthM;
  }
  const lanes = Array.from({ length: road.lanes }, (_, i) => laneXml(-1 - i, [{ sM: 0, a: road.widthM, c: 0, d: 0 }], ''));
  return [
    `<road name="${road.name}" length="${numberText(sM)}" id="${road.id}" junction="-1" rule="RHT">`,
    '<link>',
    `<predecessor elementType="junction" elementId="${road.from.id}"/>`,
    `<successor elementType="junction" elementId="${road.to.id}"/>`,
    '</link>',
    ...limits.map(typeXml),
    planViewXml(road.start, road.curve),
    lanesXml([{ sM: 0, a: road.widthM, c: 0, d: 0 }], lanes),
    ...objectsXml(road, firstObjectId),
    '</road>',
  ].join('\n');
}

function connectingRoadXml(road: ConnectingRoad, junctionId: number, bendMps: number): string {
  const widths = flaredWidths(road);
  const link = `<link>\n<predecessor id="${-road.incomingLane}"/>\n<successor id="${-road.outgoingLane}"/>\n</link>\n`;
  return [
    `<road name="${road.name}" length="${numberText(curveLengthM(road.curve))}" id="${road.id}" junction="${junctionId}" rule="RHT">`,
    '<link>',
    `<predecessor elementType="road" elementId="${road.incoming.id}" contactPoint="end"/>`,
    `<successor elementType="road" elementId="${road.outgoing.id}" contactPoint="start"/>`,
    '</link>',
    typeXml({ sM: 0, limitMps: bendMps }),
    planViewXml(road.start, road.curve),
    lanesXml(widths, [laneXml(-1, widths, link)]),
    '</road>',
  ].join('\n');
}

/** Width of a connecting road: it grows over its first metres, stays, and shrinks over its last, level at the joints. */
function flaredWidths(road: ConnectingRoad): WidthPiece[] {
  const lengthM = curveLengthM(road.curve);
  const flareM = flareLengthM(road);
  const pieces = [flare(0, road.startWidthM, road.middleWidthM, flareM)];
  pieces.push({ sM: flareM, a: road.middleWidthM, c: 0, d: 0 });
  pieces.push(flare(lengthM - flareM, road.middleWidthM, road.endWidthM, flareM));
  return pieces;
}

function flare(sM: number, fromM: number, toM: number, lengthM: number): WidthPiece {
  return { sM, a: fromM, c: 3 * (toM - fromM) / lengthM ** 2, d: -2 * (toM - fromM) / lengthM ** 3 };
}

function typeXml({ sM, limitMps }: { readonly sM: number; readonly limitMps: number }): string {
  return `<type s="${numberText(sM)}" type="lowSpeed">\n<speed max="${numberText(limitMps)}" unit="m/s"/>\n</type>`;
}

function planViewXml(start: Pose, curve: readonly CurvePiece[]): string {
  const lines = ['<planView>'];
  let pose = start;
  let sM = 0;
  for (const piece of curve) {
    const shape = piece.curvaturePerM === 0 ? '<line/>' : `<arc curvature="${numberText(piece.curvaturePerM)}"/>`;
    lines.push(`<geometry s="${numberText(sM)}" x="${numberText(pose.xM)}" y="${numberText(pose.yM)}" hdg="${numberText(pose.headingRad)}" `
      + `length="${numberText(piece.lengthM)}">\n${shape}\n</geometry>`);
    pose = advance(pose, piece);
    sM += piece.lengthM;
  }
  return [...lines, '</planView>'].join('\n');
}

/** @param widths of lane -1: half of it left of the reference line, so that the lane's middle follows the line */
function lanesXml(widths: readonly WidthPiece[], lanes: readonly string[]): string {
  return [
    '<lanes>',
    ...widths.map(({ sM, a, c, d }) => `<laneOffset s="${numberText(sM)}" a="${numberText(a / 2)}" b="0" c="${numberText(c / 2)}" d="${numberText(d / 2)}"/>`),
    '<laneSection s="0">',
    '<center>\n<lane id="0" type="none" level="false"/>\n</center>',
    `<right>\n${lanes.join('\n')}\n</right>`,
    '</laneSection>',
    '</lanes>',
  ].join('\n');
}

function laneXml(id: number, widths: readonly WidthPiece[], link: string): string {
  const rows = widths.map(({ sM, a, c, d }) => `<width sOffset="${numberText(sM)}" a="${numberText(a)}" b="0" c="${numberText(c)}" d="${numberText(d)}"/>`);
  return `<lane id="${id}" type="driving" level="false">\n${link}${rows.join('\n')}\n</lane>`;
}

function junctionXml(junction: Junction): string {
  const connections = junction.connecting.map((road, i) => [
    `<connection id="${i}" incomingRoad="${road.incoming.id}" connectingRoad="${road.id}" contactPoint="start">`,
    `<laneLink from="${-road.incomingLane}" to="-1"/>`,
    '</connection>',
  ].join('\n'));
  return [`<junction id="${junction.id}" name="${junction.name}" type="default">`, ...connections, '</junction>'].join('\n');
}
