/** A paved rectangle as OpenDRIVE: one road along x, a lane of 1,000 m on either side of it. Frame: x along the road, y left of it, both from its beginning [m]. */
export const GROUND_LENGTH_M = 3200;
export const GROUND_HALF_WIDTH_M = 1000;

export function pavedGround(): string {
  const lane = (id: number): string =>
    `<lane id="${id}" type="driving" level="false"><width sOffset="0" a="${GROUND_HALF_WIDTH_M}" b="0" c="0" d="0"/><speed sOffset="0" max="8.3" unit="m/s"/></lane>`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<OpenDRIVE><header revMajor="1" revMinor="8" name="pavement"/>
<road id="1" name="pavement" length="${GROUND_LENGTH_M}" junction="-1"><planView><geometry s="0" x="0" y="0" hdg="0" length="${GROUND_LENGTH_M}"><line/></geometry></planView>
<lanes><laneSection s="0"><left>${lane(1)}</left><center><lane id="0" type="none" level="false"/></center><right>${lane(-1)}</right></laneSection></lanes></road>
</OpenDRIVE>`;
}
