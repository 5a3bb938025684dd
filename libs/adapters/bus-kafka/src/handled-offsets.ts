/**
 * Offsets that this process has handled but could not commit before their partition was assigned anew. They are fetched again; remembering them spares
 * the handler a second delivery, whoever owned the partition in between: handled is handled.
 */
export class HandledOffsets {
  private readonly byPartition = new Map<number, Set<number>>();

  add(partition: number, offset: number): void {
    let offsets = this.byPartition.get(partition);
    if (offsets === undefined) this.byPartition.set(partition, offsets = new Set());
    offsets.add(offset);
  }

  /** True once for each offset that was added. */
  take(partition: number, offset: number): boolean {
    return this.byPartition.get(partition)?.delete(offset) ?? false;
  }

  /** Forgets what is below the offset: it will not be fetched again. */
  forgetBelow(partition: number, offset: number): void {
    const offsets = this.byPartition.get(partition);
    for (const one of offsets ?? []) if (one < offset) offsets!.delete(one);
  }

  /** For a log whose offsets cannot be trusted to mean what they did. */
  forget(): void {
    this.byPartition.clear();
  }
}
