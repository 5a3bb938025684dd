/** A record that is being worked on, or waits to be. */
export interface Task {
  readonly offset: number;
  isDone: boolean;
}

/**
 * How far one partition has been handled while this process owns it. Records may be done in any order; the position, which is what is committed, stays
 * at the first that is not.
 */
export class PartitionProgress {
  private tasks: Task[] = [];
  private head = 0;
  private next: number;
  committed: number;

  /** `start`: offset of the first record to come. */
  constructor(readonly partition: number, start: number) {
    this.next = start;
    this.committed = start;
  }

  /** Offset of the first record that is not done. */
  get position(): number {
    return this.tasks[this.head]?.offset ?? this.next;
  }

  /** Offset of the first record that has not come yet. */
  get expected(): number {
    return this.next;
  }

  add(offset: number): Task {
    const task: Task = { offset, isDone: false };
    this.tasks.push(task);
    this.next = offset + 1;
    return task;
  }

  /** Offsets below this one hold no record any more (compaction, markers of transactions). */
  skipTo(offset: number): void {
    this.next = Math.max(this.next, offset);
  }

  finish(task: Task): void {
    task.isDone = true;
    while (this.tasks[this.head]?.isDone === true) this.head += 1;
    if (this.head > 1024 && this.head * 2 > this.tasks.length) {
      this.tasks = this.tasks.slice(this.head);
      this.head = 0;
    }
  }

  /** Offsets beyond the position that are done. */
  *doneAhead(): Iterable<number> {
    for (let i = this.head; i < this.tasks.length; i += 1) if (this.tasks[i]!.isDone) yield this.tasks[i]!.offset;
  }
}
