import type { Cancel } from '@quaymaster/ports';

/** A task whose time has come. */
export interface Due { readonly dueMs: number; readonly task: () => void }
interface Timer extends Due { readonly order: number; cancelled: boolean }

/** Timers by due time, first come first served among equals: a binary heap. */
export class TimerQueue {
  private readonly heap: Timer[] = [];
  private order = 0;

  add(dueMs: number, task: () => void): Cancel {
    const timer: Timer = { dueMs, order: this.order, task, cancelled: false };
    this.order += 1;
    this.heap.push(timer);
    let child = this.heap.length - 1;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (!isBefore(this.heap[child]!, this.heap[parent]!)) break;
      this.swap(child, parent);
      child = parent;
    }
    return () => { timer.cancelled = true; };
  }

  /** The next task that is due, undefined when none is. */
  take(nowMs: number): Due | undefined {
    for (;;) {
      const first = this.heap[0];
      if (first === undefined || (!first.cancelled && first.dueMs > nowMs)) return undefined;
      this.removeFirst();
      if (!first.cancelled) return first;
    }
  }

  private removeFirst(): void {
    const last = this.heap.pop()!;
    if (this.heap.length === 0) return;
    this.heap[0] = last;
    let parent = 0;
    for (;;) {
      let least = parent;
      for (const child of [2 * parent + 1, 2 * parent + 2]) {
        if (child < this.heap.length && isBefore(this.heap[child]!, this.heap[least]!)) least = child;
      }
      if (least === parent) return;
      this.swap(parent, least);
      parent = least;
    }
  }

  private swap(i: number, k: number): void {
    const held = this.heap[i]!;
    this.heap[i] = this.heap[k]!;
    this.heap[k] = held;
  }
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);
}
