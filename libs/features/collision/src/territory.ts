import { Injectable } from '@nestjs/common';
import { Peers } from '@quaymaster/nest-platform';
import { CollisionConfig } from './collision.config';

/** A box over more cells than this is looked at by everybody: something is wrong with it, and that must not cost anybody's time. */
const CELLS_MAX = 1024;
/** Ranks that are kept; a site has fewer cells. */
const CACHE_MAX = 20_000;
const NOT_HERE = 99;

/**
 * Which parts of the plane this instance works on. The plane is cut into square cells; each belongs to the first few of the living instances, as rendezvous hashing
 * ranks them for it: the first one is responsible for what happens there, the others work on it too and come in when the first one fails.
 */
@Injectable()
export class Territory {
  /** It works on everything. */
  coversAll = false;
  /** It works on nothing: it has not begun, or it leaves to others. */
  isNone = true;
  private readonly ranks = new Map<number, number>();
  /** Null before it is at work. */
  private sharers: string | null = null;
  private atWork = false;

  constructor(private readonly peers: Peers, private readonly config: CollisionConfig) {}

  /** From the next look on it has a share. */
  begin(): void {
    this.atWork = true;
  }

  /** Looks who lives. @returns true when the shares have changed */
  refresh(): boolean {
    const { sharers, self } = this.peers;
    const present = this.atWork ? sharers.join('\n') : null;
    if (present === this.sharers) return false;
    this.sharers = present;
    this.ranks.clear();
    this.isNone = !this.atWork || !sharers.includes(self);
    this.coversAll = !this.isNone && sharers.length <= this.config.copies;
    return true;
  }

  isResponsibleAt(xM: number, yM: number): boolean {
    return !this.isNone && this.rank(this.index(xM), this.index(yM)) === 0;
  }

  /** Whether it works on what happens at a point, responsible or not. */
  coversAt(xM: number, yM: number): boolean {
    return this.coversAll || (!this.isNone && this.rank(this.index(xM), this.index(yM)) < this.config.copies);
  }

  /** Whether it works on any cell that a box meets. */
  meets(minXM: number, minYM: number, maxXM: number, maxYM: number): boolean {
    if (this.coversAll) return true;
    if (this.isNone || minXM > maxXM || minYM > maxYM) return false;
    const [left, right, low, high] = [this.index(minXM), this.index(maxXM), this.index(minYM), this.index(maxYM)];
    if ((right - left + 1) * (high - low + 1) > CELLS_MAX) return true;
    for (let x = left; x <= right; x += 1) for (let y = low; y <= high; y += 1) if (this.rank(x, y) < this.config.copies) return true;
    return false;
  }

  private index(valueM: number): number {
    return Math.floor(valueM / this.config.cellM);
  }

  private rank(x: number, y: number): number {
    const key = x * 0x4000000 + y;
    let rank = this.ranks.get(key);
    if (rank === undefined) {
      if (this.ranks.size >= CACHE_MAX) this.ranks.clear();
      const place = this.peers.ranked(`${x}:${y}`).indexOf(this.peers.self);
      this.ranks.set(key, rank = place < 0 ? NOT_HERE : place);
    }
    return rank;
  }
}
