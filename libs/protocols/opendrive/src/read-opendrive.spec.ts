import fc from 'fast-check';
import type { MapFault, Road, RoadNetwork } from '@quaymaster/virtual-map';
import { readOpenDrive } from './read-opendrive';

const LANES = '<lanes><laneSection s="0"><center><lane id="0" type="none"/></center><right><lane id="-1" type="driving"><width sOffset="0" a="3.5" b="0" c="0" d="0"/></lane></right></laneSection></lanes>';
const LINE = '<planView><geometry s="0" x="0" y="0" hdg="0" length="100"><line/></geometry></planView>';

function road({ id = '1', attributes = 'junction="-1"', length = '100', planView = LINE, lanes = LANES, more = '' } = {}): string {
  return `<road id="${id}" length="${length}" ${attributes}>${planView}${lanes}${more}</road>`;
}

function document(body: string, header = '<header revMajor="1" revMinor="7" name="Quay &amp; yard"><geoReference><![CDATA[+proj=utm +zone=32]]></geoReference></header>'): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<OpenDRIVE>${header}${body}</OpenDRIVE>`;
}

function read(text: string | Uint8Array): { network: RoadNetwork; warnings: readonly MapFault[]; only: Road } {
  const result = readOpenDrive(text);
  if (result.kind === 'refused') throw new Error(JSON.stringify(result.faults));
  return { ...result, only: result.network.roads[0]! };
}

const warned = (text: string) => read(text).warnings.map(({ code, where }) => `${code} ${where}`);
const refusal = (text: string | Uint8Array, options = {}) => {
  const result = readOpenDrive(text, options);
  return result.kind === 'refused' ? result.faults.map(({ code, where }) => `${code} ${where}`) : result.kind;
};

describe('a map', () => {
  it('says its name, revision and georeference', () => {
    const { network, warnings } = read(document(road()));
    expect(network).toMatchObject({ name: 'Quay & yard', revision: { major: 1, minor: 7 }, geoReference: '+proj=utm +zone=32' });
    expect(warnings).toEqual([]);
  });

  it.each([
    ['UTF-8 bytes', (text: string) => new TextEncoder().encode(text)],
    ['UTF-8 with a byte order mark', (text: string) => new TextEncoder().encode(`\ufeff${text}`)],
    ['UTF-16', (text: string) => new Uint8Array(Buffer.from(`\ufeff${text}`, 'utf16le'))],
    ['a named encoding', (text: string) => new Uint8Array(Buffer.from(text.replace('UTF-8', 'ISO-8859-1'), 'latin1'))],
  ])('is read from %s', (_, encode) => {
    expect(read(encode(document(road(), '<header revMajor="1" revMinor="4" name="Köln"/>'))).network.name).toBe('Köln');
  });

  it('is read around bytes that are no text, with a report', () => {
    const bytes = new TextEncoder().encode(document(road(), '<header revMajor="1" revMinor="4" name="K~ln"/>')).map((byte) => (byte === 0x7e ? 0xff : byte));
    expect(read(bytes)).toMatchObject({ network: { name: 'K\ufffdln' }, warnings: [{ code: 'QM_MAP_ENCODING' }] });
  });

  it.each([
    ['<line/>', { kind: 'line' }], ['<arc curvature="-0.02"/>', { kind: 'arc', curvaturePerM: -0.02 }],
    ['<spiral curvStart="0" curvEnd="1e-2"/>', { kind: 'spiral', startPerM: 0, endPerM: 0.01 }],
    ['<poly3 a="0" b="0" c="0.1" d="0.2"/>', { kind: 'poly3', a: 0, b: 0, c: 0.1, d: 0.2 }],
    ['<paramPoly3 aU="0" bU="1" cU="2" dU="3" aV="4" bV="5" cV="6" dV="7"/>', { kind: 'paramPoly3', u: [0, 1, 2, 3], v: [4, 5, 6, 7], normalized: true }],
    ['<paramPoly3 pRange="arcLength" aU="0" bU="1" cU="0" dU="0" aV="0" bV="0" cV="0" dV="0"/>', { kind: 'paramPoly3', normalized: false }],
  ])('has a reference line of %s', (shape, expected) => {
    const { only } = read(document(road({ planView: `<planView><geometry s="0" x="1" y="2" hdg="3" length="100">${shape}</geometry></planView>` })));
    expect(only.planView).toMatchObject([{ sM: 0, xM: 1, yM: 2, headingRad: 3, lengthM: 100, ...expected }]);
  });

  it('has elevation, superelevation, lane offsets, traffic rule and junction of its roads', () => {
    const cubic = (name: string) => `<${name} s="0" a="1" b="2" c="3" d="4"/>`;
    const { only } = read(document(`${road({
      attributes: 'junction="7" rule="LHT" name="ramp"', lanes: LANES.replace('<lanes>', `<lanes>${cubic('laneOffset')}`),
      more: `<elevationProfile>${cubic('elevation')}</elevationProfile><lateralProfile>${cubic('superelevation')}</lateralProfile>`,
    })}<junction id="7" name="crossing"/>`));
    const one = [{ sM: 0, a: 1, b: 2, c: 3, d: 4 }];
    expect(only).toMatchObject({ name: 'ramp', junctionId: '7', leftHandTraffic: true, elevation: one, superelevation: one, laneOffset: one });
  });

  it('keeps slots, transfer points and zones as objects with their outlines and user data', () => {
    const { only, warnings } = read(document(road({ more: `<objects>
      <object id="9" name="P-1" type="parkingSpace" s="10" t="-2" hdg="0.5" length="20" width="4"><parkingSpace access="all"/><userData code="qm:slot" value="charging"/></object>
      <object id="10" name="Z" type="none" s="0" t="0"><userData code="qm:zone">berth</userData><outlines><outline closed="true">
        <cornerRoad s="0" t="0" dz="0" height="1"/><cornerRoad s="9" t="0" dz="0" height="1"/><cornerRoad s="9" t="5" dz="0" height="1"/></outline></outlines></object>
      <object id="11" type="building" s="0" t="0"><outline><cornerLocal u="0" v="0" z="0" height="3"/><cornerLocal u="1" v="0" z="0" height="3"/><cornerLocal u="0" v="1" z="0" height="3"/></outline></object>
    </objects>` })));
    expect(warnings).toEqual([]);
    expect(only.objects).toMatchObject([
      { id: '9', name: 'P-1', sM: 10, tM: -2, headingRad: 0.5, lengthM: 20, widthM: 4, isParkingSpace: true, userData: { 'qm:slot': 'charging' }, outlines: [] },
      { name: 'Z', isParkingSpace: false, userData: { 'qm:zone': 'berth' }, outlines: [[{ frame: 'road', aM: 0, bM: 0, heightM: 1 }, { aM: 9 }, { bM: 5 }]] },
      { type: 'building', outlines: [[{ frame: 'local' }, { aM: 1, bM: 0, heightM: 3 }, { aM: 0, bM: 1 }]] },
    ]);
  });

  it('takes user data of any code for data', () => {
    const { only } = read(document(road({ more: '<objects><object id="1" s="0" t="0"><userData code="__proto__" value="x"/></object></objects>' })));
    expect(Object.entries(only.objects[0]!.userData)).toEqual([['__proto__', 'x']]);
  });

  it('keeps signals, with a value only where one is given', () => {
    const { only } = read(document(road({ more: '<signals><signal id="1" s="5" t="-3" type="274" subtype="55" value="50"/><signal id="2" s="6" t="0" type="206"/></signals>' })));
    expect(only.signals).toMatchObject([{ id: '1', sM: 5, tM: -3, type: '274', subtype: '55', value: 50 }, { id: '2', value: null }]);
  });
});

describe('a speed limit', () => {
  it.each([['36', 'km/h', 10], ['10', 'm/s', 10], ['25', 'mph', 11.176]])('of %s %s is %d m/s, of a lane and of a road', (max, unit, limitMps) => {
    const speed = `<speed max="${max}" unit="${unit}"/>`;
    const { only } = read(document(road({ lanes: LANES.replace('</lane></right>', `${speed}</lane></right>`), more: `<type s="0" type="town">${speed}</type>` })));
    expect(only.speedLimits).toEqual([{ sM: 0, limitMps: expect.closeTo(limitMps, 9) as number }]);
    expect(only.sections[0]!.lanes[1]!.speedLimits).toEqual([{ sM: 0, limitMps: expect.closeTo(limitMps, 9) as number }]);
  });

  it('without a unit is in m/s', () => {
    expect(read(document(road({ more: '<type s="5" type="town"><speed max="8.3"/></type>' }))).only.speedLimits).toEqual([{ sM: 5, limitMps: 8.3 }]);
  });

  it('is lifted by "no limit" only where one was in force', () => {
    const type = (s: number, max: string) => `<type s="${s}" type="motorway"><speed max="${max}"/></type>`;
    expect(read(document(road({ more: type(0, 'no limit') }))).only.speedLimits).toEqual([]);
    expect(read(document(road({ more: type(0, '20') + type(50, 'no limit') }))).only.speedLimits).toEqual([{ sM: 0, limitMps: 20 }, { sM: 50, limitMps: 100 }]);
  });

  it.each(['0', '-1', 'fast'])('of %s is reported and left out', (max) => {
    const { only, warnings } = read(document(road({ more: `<type s="0" type="town"><speed max="${max}"/></type>` })));
    expect([only.speedLimits, warnings.length]).toEqual([[], 1]);
  });
});

describe('lane sections', () => {
  const lane = (id: number, a: number, b = 0, link = '') => `<lane id="${id}" type="driving">${link}<width sOffset="0" a="${a}" b="${b}" c="0" d="0"/></lane>`;

  it('list their lanes by descending id, the centre lane included', () => {
    const { only } = read(document(road({ lanes: `<lanes><laneSection s="0"><left>${lane(1, 3)}${lane(2, 3)}</left><right>${lane(-1, 3)}</right></laneSection></lanes>` })));
    expect(only.sections[0]!.lanes.map(({ id }) => id)).toEqual([2, 1, 0, -1]);
  });

  it('use widths before borders', () => {
    const both = '<lane id="-1" type="driving"><border sOffset="0" a="-9" b="0" c="0" d="0"/><width sOffset="0" a="3" b="0" c="0" d="0"/></lane>';
    const border = '<lane id="-1" type="driving"><border sOffset="0" a="-3" b="0" c="0" d="0"/></lane>';
    const of = (one: string) => read(document(road({ lanes: `<lanes><laneSection s="0"><right>${one}</right></laneSection></lanes>` }))).only.sections[0]!.lanes[1]!;
    expect(of(both)).toMatchObject({ widths: [{ a: 3 }], borders: [] });
    expect(of(border)).toMatchObject({ widths: [], borders: [{ a: -3 }] });
  });

  it('that hold for one side only are combined without changing any width', () => {
    const left = (s: number, a: number) => `<laneSection s="${s}" singleSide="true"><left>${lane(1, a, 0.01, '<link><predecessor id="1"/><successor id="1"/></link>')}</left><center><lane id="0"/></center></laneSection>`;
    const right = (s: number, a: number) => `<laneSection s="${s}" singleSide="true"><center><lane id="0"/></center><right>${lane(-1, a, 0.02, '<link><successor id="-1"/></link>')}</right></laneSection>`;
    const { only } = read(document(road({ lanes: `<lanes>${left(0, 3)}${right(0, 4)}${right(40, 5)}${left(70, 6)}</lanes>` })));
    const widthAt = (id: number, sM: number) => {
      const section = only.sections.findLast((one) => one.sM <= sM)!;
      const { a, b, c, d } = section.lanes.find((one) => one.id === id)!.widths[0]!;
      const ds = sM - section.sM;
      return a + ds * (b + ds * (c + ds * d));
    };
    expect(only.sections.map(({ sM, lanes }) => [sM, lanes.map(({ id }) => id)])).toEqual([[0, [1, 0, -1]], [40, [1, 0, -1]], [70, [1, 0, -1]]]);
    expect([10, 50, 80].map((sM) => widthAt(1, sM))).toEqual([3.1, 3.5, 6.1].map((width) => expect.closeTo(width, 9) as number));
    expect([10, 50, 80].map((sM) => widthAt(-1, sM))).toEqual([4.2, 5.2, 5.8].map((width) => expect.closeTo(width, 9) as number));
    expect(only.sections.map(({ lanes }) => lanes.map((one) => [one.predecessorId, one.successorId]))).toEqual([
      [[1, 1], [null, null], [null, -1]], [[1, 1], [null, null], [null, -1]], [[1, 1], [null, null], [-1, -1]],
    ]);
  });
});

describe('junctions', () => {
  const link = (which: string, id: string, contact: string) => `<${which} elementType="road" elementId="${id}" contactPoint="${contact}"/>`;
  const incoming = road({ id: '1', more: '<link><successor elementType="junction" elementId="7"/></link>' });
  const connecting = road({ id: '2', attributes: 'junction="7"', more: `<link>${link('predecessor', '1', 'end')}</link>` });
  const junction = (connection: string, attributes = '') => document(`${incoming}${connecting}<junction id="7" name="J" ${attributes}>${connection}</junction>`);
  const CONNECTION = '<connection id="0" incomingRoad="1" connectingRoad="2" contactPoint="start"><laneLink from="-1" to="-1"/></connection>';

  it('join lanes of roads', () => {
    const { network, warnings } = read(junction(CONNECTION));
    expect(warnings).toEqual([]);
    expect(network.junctions).toEqual([{
      id: '7', name: 'J', connections: [{ id: '0', incomingRoadId: '1', connectingRoadId: '2', contactPoint: 'start', laneLinks: [{ fromLaneId: -1, toLaneId: -1 }] }],
    }]);
  });

  it('that are direct join roads without one between', () => {
    const text = junction('<connection id="0" incomingRoad="1" linkedRoad="2" contactPoint="start"/>', 'type="direct"');
    expect(read(text).network.junctions[0]!.connections[0]).toMatchObject({ connectingRoadId: '2', contactPoint: 'start' });
    expect(warned(text)).toEqual(['QM_MAP_JUNCTION_TYPE junction 7']);
  });

  it('that are virtual are reported and keep no connection', () => {
    const text = junction('<connection id="0" type="virtual" incomingRoad="1" connectingRoad="2"/>', 'type="virtual" mainRoad="1" sStart="1" sEnd="2"');
    expect([read(text).network.junctions[0]!.connections, warned(text)]).toEqual([[], ['QM_MAP_JUNCTION_TYPE junction 7', 'QM_MAP_CONNECTION junction 7, connection 0']]);
  });

  it('take a contact point that is not named from the links of the connecting road', () => {
    expect(read(junction(CONNECTION.replace('contactPoint="start"', ''))).network.junctions[0]!.connections[0]!.contactPoint).toBe('start');
  });

  it.each([
    [CONNECTION.replace('incomingRoad="1"', 'incomingRoad="5"'), 'QM_MAP_CONNECTION junction 7, connection 0'],
    [CONNECTION.replace('connectingRoad="2"', 'connectingRoad="5"'), 'QM_MAP_CONNECTION junction 7, connection 0'],
    [CONNECTION.replace('from="-1"', 'from="-3"'), 'QM_MAP_LINK junction 7, connection 0'],
    [CONNECTION.replace('to="-1"', 'to="1"'), 'QM_MAP_LINK junction 7, connection 0'],
    [CONNECTION.replace('to="-1"', 'to="x"'), 'QM_MAP_CONNECTION junction 7, connection 0'],
  ])('report a connection that leads nowhere: %s', (connection, expected) => {
    expect(warned(junction(connection))).toEqual([expected]);
    expect(read(junction(connection)).network.junctions[0]!.connections.flatMap(({ laneLinks }) => laneLinks)).toEqual([]);
  });
});

describe('what is wrong is reported with its place', () => {
  const two = (x: string, y = '0', heading = '0') => `<planView><geometry s="0" x="0" y="0" hdg="0" length="60"><line/></geometry><geometry s="60" x="${x}" y="${y}" hdg="${heading}" length="40"><line/></geometry></planView>`;
  const width = (a: string, b = '0', at = '0') => LANES.replace('sOffset="0" a="3.5" b="0"', `sOffset="${at}" a="${a}" b="${b}"`);

  it.each([
    ['a gap', road({ planView: two('60.02') }), 'QM_MAP_GAP road 1, geometry 1 at s 60 m'],
    ['a kink', road({ planView: two('60', '0', '0.1') }), 'QM_MAP_KINK road 1, geometry 1 at s 60 m'],
    ['arc lengths that do not add up', road({ planView: two('60').replace('s="60"', 's="61"'), length: '101' }), 'QM_MAP_GEOMETRY_S road 1, geometry 1 at s 61 m'],
    ['a road longer than its line', road({ length: '120' }), 'QM_MAP_LENGTH road 1'],
    ['a road without a length', road({ length: '' }), 'QM_MAP_LENGTH road 1'],
    ['a width below 0 at its start', road({ lanes: width('-0.1') }), 'QM_MAP_NEGATIVE_WIDTH road 1, section 0, lane -1, s 0.00 m'],
    ['a width below 0 at its end', road({ lanes: width('3', '-0.1') }), 'QM_MAP_NEGATIVE_WIDTH road 1, section 0, lane -1, s 0.00 m'],
    ['a width that starts late', road({ lanes: width('3', '0', '10') }), 'QM_MAP_WIDTH road 1, section 0, lane -1'],
    ['a predecessor that does not exist', road({ more: '<link><predecessor elementType="road" elementId="9" contactPoint="end"/></link>' }), 'QM_MAP_LINK road 1'],
    ['a successor without a contact point', road({ more: '<link><successor elementType="road" elementId="1"/></link>' }), 'QM_MAP_LINK road 1'],
    ['a junction that does not exist', road({ attributes: 'junction="9"' }), 'QM_MAP_LINK road 1'],
    ['an object without a place', road({ more: '<objects><object id="3" name="P" s="1"/></objects>' }), 'QM_MAP_ATTRIBUTE road 1, object 3 (P)'],
    ['a second road of the same id', road() + road(), 'QM_MAP_ROAD road 1'],
    ['a road without an id', road() + road({ id: '' }), 'QM_MAP_ROAD road number 2 of the file'],
    ['a lane section out of the road', road({ lanes: LANES.replace('</lanes>', '<laneSection s="100"/></lanes>') }), 'QM_MAP_SECTION road 1, section 1'],
    ['repeated objects', road({ more: '<objects><object id="3" s="1" t="0"><repeat s="0"/></object></objects>' }), 'QM_MAP_UNSUPPORTED road 1, object 3'],
    ['a crossfall', road({ more: '<lateralProfile><crossfall side="both" s="0" a="0.02" b="0" c="0" d="0"/></lateralProfile>' }), 'QM_MAP_UNSUPPORTED road 1'],
    ['a lane that is driven the other way', road({ lanes: LANES.replace('type="driving"', 'type="driving" direction="reversed"') }), 'QM_MAP_UNSUPPORTED road 1, section 0, lane -1'],
    ['access that is both allowed and denied', road({ lanes: LANES.replace('<width', '<access sOffset="0" rule="allow"/><access sOffset="0" rule="deny"/><width') }), 'QM_MAP_ACCESS road 1, section 0, lane -1'],
    [
      'a border that runs into the inner one', road({ lanes: LANES.replace(/<width[^>]*>/, '<border sOffset="0" a="-1" b="0.02" c="0" d="0"/>') }),
      'QM_MAP_BORDER_CROSSED road 1, section 0, lane -1, s 53.13 m',
    ],
    [
      'a link that only one road knows', road({ more: '<link><successor elementType="road" elementId="2" contactPoint="start"/></link>' }) + road({ id: '2' }),
      'QM_MAP_LINK_ONE_SIDED road 1',
    ],
  ])('%s', (_, body, expected) => {
    expect(warned(document(body))).toEqual([expected]);
  });

  it('an offset to the georeference and a revision that is not known', () => {
    expect(warned(document(road(), '<header revMajor="1" revMinor="9"><offset x="1" y="2" z="0" hdg="0"/></header>'))).toEqual(['QM_MAP_REVISION header', 'QM_MAP_UNSUPPORTED header']);
  });

  it.each([['+3.5', 3.5], ['.35e1', 3.5], ['35.e-1', 3.5], ['3.5D+0', 3.5], ['0.35d1', 3.5], ['0.000035+5', 3.5], ['350000-5', 3.5], [' 3.5\t', 3.5]])('a number written as "%s"', (a, widthM) => {
    const { only, warnings } = read(document(road({ lanes: width(a) })));
    expect(only.sections[0]!.lanes[1]!.widths[0]!.a).toBeCloseTo(widthM, 12);
    expect(warnings).toEqual([]);
  });

  it.each(['NaN', '', 'Infinity', '1,5', 'abc', '1+', '1d', '+-1', '1e400', '1+999'])('a lane width of "%s" leaves the lane with width 0', (a) => {
    const { only, warnings } = read(document(road({ lanes: width(a) })));
    expect(only.sections[0]!.lanes[1]!.widths).toEqual([{ sM: 0, a: 0, b: 0, c: 0, d: 0 }]);
    expect(warnings.map(({ code }) => code)).toEqual(['QM_MAP_ATTRIBUTE', 'QM_MAP_WIDTH']);
  });

  it.each([
    ['a coordinate that is no number', LINE.replace('x="0"', 'x="NaN"')], ['a negative length', LINE.replace('length="100"', 'length="-1"')],
    ['no shape', LINE.replace('<line/>', '')], ['an unknown shape', LINE.replace('<line/>', '<nurbs/>')], ['no geometry', '<planView/>'],
  ])('a road whose reference line has %s is left out, and links to it are cut', (_, planView) => {
    const { network, warnings } = read(document(road({ id: 'bad', planView }) + road({ id: 'good', more: '<link><successor elementType="road" elementId="bad" contactPoint="start"/></link>' })));
    expect(network.roads.map(({ id, successor }) => [id, successor])).toEqual([['good', null]]);
    expect(warnings.map(({ code }) => code)).toEqual(expect.arrayContaining(['QM_MAP_ROAD', 'QM_MAP_LINK']));
  });

  it('a thousand times, and then only counted', () => {
    const { warnings } = read(document(road({ more: `<objects>${'<object id="1"/>'.repeat(900)}</objects>` })));
    expect(warnings).toHaveLength(1001);
    expect(warnings.at(-1)).toMatchObject({ code: 'QM_MAP_MORE', message: '800 more faults are not listed' });
  });
});

describe('refused is', () => {
  it.each([
    ['what is no XML', 'PK\u0003\u0004', 'QM_MAP_XML line 1, column 1'],
    ['what ends early', document(road()).slice(0, -20), 'QM_MAP_TRUNCATED line 2, column 452'],
    ['a document type', '<!DOCTYPE OpenDRIVE SYSTEM "file:///etc/passwd"><OpenDRIVE/>', 'QM_MAP_DOCTYPE line 1, column 1'],
    ['another root element', '<ODrive/>', 'QM_MAP_ROOT document'],
    ['a map without roads', document(''), 'QM_MAP_NO_ROADS map'],
  ])('%s', (_, text, expected) => {
    expect(refusal(text)).toEqual([expected]);
  });

  it('input past the bound', () => {
    expect(refusal(document(road()), { maxBytes: 100 })).toEqual(['QM_MAP_TOO_LARGE document']);
  });

  it('an encoding that nobody knows', () => {
    expect(refusal(new TextEncoder().encode(document(road()).replace('UTF-8', 'x-nobody')))).toEqual(['QM_MAP_ENCODING document']);
  });
});

describe('whatever the input', () => {
  const whole = document(`${road({ id: '1', more: '<link><successor elementType="junction" elementId="7"/></link><type s="0" type="town"><speed max="30" unit="km/h"/></type>' })}${road({ id: '2', attributes: 'junction="7"' })}
    <junction id="7"><connection id="0" incomingRoad="1" connectingRoad="2" contactPoint="start"><laneLink from="-1" to="-1"/></connection></junction>`);

  /** Every reference in what is read can be followed, and every number is one. */
  function isConsistent(text: string | Uint8Array): boolean {
    const result = readOpenDrive(text);
    if (result.kind === 'refused') return result.faults.length > 0;
    const { roads, junctions } = result.network;
    const ids = new Set(roads.map(({ id }) => id));
    const numbers = JSON.stringify(result.network, (_, value: unknown) => (typeof value === 'number' && !Number.isFinite(value) ? 'BAD' : value));
    return roads.length > 0 && !numbers.includes('BAD') && roads.every((one) => one.planView.length > 0 && one.sections.length > 0 && one.lengthM > 0)
      && junctions.every(({ connections }) => connections.every((one) => ids.has(one.incomingRoadId) && ids.has(one.connectingRoadId)));
  }

  it('a cut anywhere is answered', () => {
    for (let end = 0; end < whole.length; end += 1) if (readOpenDrive(whole.slice(0, end)).kind !== 'refused') throw new Error(`cut at ${end} is not refused`);
    expect(isConsistent(whole)).toBe(true);
  });

  it('changed bytes are answered, and what is read is consistent', () => {
    const bytes = new TextEncoder().encode(whole);
    const change = fc.tuple(fc.nat(bytes.length - 1), fc.oneof(fc.constantFrom(...new TextEncoder().encode('<>/="\'&;- 0e.N')), fc.nat(255)));
    fc.assert(fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
      const changed = Uint8Array.from(bytes);
      for (const [at, byte] of changes) changed[at] = byte;
      return isConsistent(changed);
    }), { numRuns: 2000 });
  });

  it('changed values are answered, and what is read is consistent', () => {
    const values = [...whole.matchAll(/="([^"]*)"/g)];
    const value = fc.constantFrom('', '-1', '0', '1e308', '-1e308', 'NaN', 'Infinity', '0x10', '1', '2', '7', 'start', 'junction', '99999999999999999999');
    fc.assert(fc.property(fc.array(fc.tuple(fc.nat(values.length - 1), value), { minLength: 1, maxLength: 4 }), (changes) => {
      const at = new Map(changes);
      let index = -1;
      return isConsistent(whole.replace(/="([^"]*)"/g, (all) => {
        index += 1;
        return at.has(index) ? `="${at.get(index)!}"` : all;
      }));
    }), { numRuns: 2000 });
  });
});

describe('work that grows faster than its input', () => {
  it('is not done for many one-sided sections with many widths', () => {
    const widths = Array.from({ length: 20_000 }, (_, i) => `<width sOffset="${i / 1000}" a="3" b="0" c="0" d="0"/>`).join('');
    const rights = Array.from({ length: 20_000 }, (_, i) => `<laneSection s="${i / 1000}" singleSide="true"><right><lane id="-1"><width sOffset="0" a="3" b="0" c="0" d="0"/></lane></right></laneSection>`).join('');
    const { only } = read(document(road({ lanes: `<lanes><laneSection s="0" singleSide="true"><left><lane id="1">${widths}</lane></left></laneSection>${rights}</lanes>` })));
    expect(only.sections).toHaveLength(20_000);
    expect(only.sections[9]!.lanes.map(({ id, widths: own }) => [id, own.length])).toEqual([[1, 1], [0, 0], [-1, 1]]);
  });

  it('is not done for many connections of a road with many lanes', () => {
    const lanes = `<lanes><laneSection s="0"><right>${Array.from({ length: 20_000 }, (_, i) => `<lane id="${-i - 1}"><width sOffset="0" a="3" b="0" c="0" d="0"/></lane>`).join('')}</right></laneSection></lanes>`;
    const connections = Array.from({ length: 20_000 }, (_, i) => `<connection id="${i}" incomingRoad="1" connectingRoad="2" contactPoint="start"><laneLink from="-1" to="-${i + 1}"/></connection>`).join('');
    const link = '<link><successor elementType="junction" elementId="7"/></link>';
    const { network, warnings } = read(document(`${road({ lanes, more: link })}${road({ id: '2', lanes, attributes: 'junction="7"' })}<junction id="7">${connections}</junction>`));
    expect(network.junctions[0]!.connections.reduce((sum, { laneLinks }) => sum + laneLinks.length, 0)).toBe(20_000);
    expect(warnings).toEqual([{ code: 'QM_MAP_CONNECTION_TWICE', where: 'road 2', message: '20000 connections lead over it' }]);
  });
});
