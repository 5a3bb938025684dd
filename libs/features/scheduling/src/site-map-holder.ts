import type { VirtualMap } from '@quaymaster/virtual-map';

/** Injection token of the map in force. */
export class SiteMapHolder {
  constructor(readonly map: VirtualMap) {}
}
