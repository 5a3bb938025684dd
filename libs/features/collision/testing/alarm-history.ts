import { conflicts, deviations, stopRequests, type Topic } from '@quaymaster/messages';
import type { MessageBus } from '@quaymaster/ports';

/** A time in which an alarm of a subject was open. */
export interface Episode {
  readonly subject: string;
  readonly id: string;
  readonly fromMs: number;
  /** Infinity while it is open. */
  toMs: number;
  readonly sources: Set<string>;
  /** How often it was said to be opened. */
  opened: number;
}

/** An instance that says nothing of its alarm for so long does not have it any more. */
const UNREPEATED_MS = 5000;

/** What the bus said of conflicts, deviations and stops, and when. */
export class AlarmHistory {
  readonly episodes: Episode[] = [];
  readonly stops: { readonly ids: string; readonly atMs: number; readonly source: string }[] = [];
  /** Who said something of an alarm, and when. */
  readonly words: { readonly source: string; readonly atMs: number }[] = [];
  /** Longest time between two words of an open alarm [ms]. */
  longestSilenceMs = 0;
  private readonly open = new Map<string, { episode: Episode; heardAtMs: number }>();

  static async on(bus: MessageBus): Promise<AlarmHistory> {
    const history = new AlarmHistory();
    const listen = <T>(topic: Topic<T>, take: (message: T, atMs: number, source: string) => void): Promise<unknown> => bus.subscribe(topic, 'history', async (batch) => {
      for (const { message, header } of batch) take(message, header.publishedAtMs, header.source);
    });
    await listen(conflicts, (c, atMs, source) => { history.take(`${c.a}|${c.b}`, c.conflictId, c.phase, atMs, source); });
    await listen(deviations, (d, atMs, source) => { history.take(`${d.vehicleId}:${d.kind}`, d.deviationId, d.phase, atMs, source); });
    await listen(stopRequests, (stop, atMs, source) => { history.stops.push({ ids: stop.vehicleIds.join(), atMs, source }); });
    return history;
  }

  /** Alarms that are open and repeated. */
  openAt(atMs: number): Episode[] {
    return this.episodes.filter(({ fromMs, toMs }) => fromMs <= atMs && toMs > atMs);
  }

  /** Alarms of the other history of which this one has no alarm within the time given after their beginning, while they lasted. */
  missing(other: AlarmHistory, withinMs: number): string[] {
    return other.episodes.filter(({ subject, fromMs, toMs }) => toMs > fromMs + withinMs
      && !this.episodes.some((own) => own.subject === subject && own.fromMs <= fromMs + withinMs && own.toMs > fromMs))
      .map(({ subject, fromMs, toMs }) => `${subject} ${fromMs}..${toMs}`);
  }

  /**
   * Stops of the other history that this one does not have: first ones so long after it at the latest, repetitions within their own time, for whoever carries out a
   * stop needs no repetition of it. A stop counts for as long as until it is repeated.
   */
  missingStops(other: AlarmHistory, firstWithinMs: number, repeatWithinMs: number): string[] {
    return other.stops.filter(({ ids, atMs }) => {
      const isFirst = !other.stops.some((before) => before.ids === ids && before.atMs < atMs && before.atMs >= atMs - 1000);
      const withinMs = isFirst ? firstWithinMs : repeatWithinMs;
      return !this.stops.some((own) => own.ids === ids && own.atMs <= atMs + withinMs && own.atMs > atMs - 600);
    }).map(({ ids, atMs }) => `${ids} ${atMs}`);
  }

  /** Subjects of which two alarms were open at once for longer than the time given. */
  doubled(longerMs: number): string[] {
    return this.episodes.flatMap((a, i) => this.episodes.slice(i + 1).flatMap((b) => {
      const bothMs = Math.min(a.toMs, b.toMs) - Math.max(a.fromMs, b.fromMs);
      return a.subject === b.subject && a.id !== b.id && bothMs > longerMs ? [`${a.subject} ${a.id} ${b.id} for ${bothMs} ms`] : [];
    }));
  }

  private take(subject: string, id: string, phase: 'opened' | 'updated' | 'closed', atMs: number, source: string): void {
    this.words.push({ source, atMs });
    const known = this.open.get(id);
    if (known !== undefined) this.longestSilenceMs = Math.max(this.longestSilenceMs, atMs - known.heardAtMs);
    if (phase === 'closed') {
      if (known !== undefined) known.episode.toMs = atMs;
      this.open.delete(id);
      return;
    }
    if (known !== undefined && atMs - known.heardAtMs <= UNREPEATED_MS) {
      known.heardAtMs = atMs;
      known.episode.sources.add(source);
      if (phase === 'opened') known.episode.opened += 1;
      return;
    }
    const episode: Episode = { subject, id, fromMs: atMs, toMs: Infinity, sources: new Set([source]), opened: phase === 'opened' ? 1 : 0 };
    this.episodes.push(episode);
    this.open.set(id, { episode, heardAtMs: atMs });
  }

  /** Ends what was not repeated, as those do who listen. */
  expire(nowMs: number): void {
    for (const [id, { episode, heardAtMs }] of this.open) {
      if (nowMs - heardAtMs <= UNREPEATED_MS) continue;
      episode.toMs = heardAtMs + UNREPEATED_MS;
      this.open.delete(id);
    }
  }
}
