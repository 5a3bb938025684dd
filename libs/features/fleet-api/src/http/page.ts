import { z } from 'zod';
import { safeIdSchema } from './text';

const LIMIT_MAX = 1000;

/** How much of a list, and from where on. */
export const pageQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(LIMIT_MAX).default(LIMIT_MAX).describe('Entries at most'),
  after: safeIdSchema.optional().describe('`next` of the page before'),
});
export type PageQuery = z.infer<typeof pageQuerySchema>;

/** Part of a list. `next` is what to give as `after` for the next part, null at the end. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

export function pageSchema<T extends z.ZodType>(item: T): z.ZodObject<{ items: z.ZodArray<T>; next: z.ZodNullable<z.ZodString> }> {
  return z.object({ items: z.array(item), next: z.string().nullable() });
}

/** The part of a list that a query asks for. `sorted` has the order of its keys; keys are unique. */
export function pageOf<T>(sorted: readonly T[], keyOf: (item: T) => string, { limit, after }: PageQuery, isAfter: (key: string, after: string) => boolean): Page<T> {
  const from = after === undefined ? 0 : sorted.findIndex((item) => isAfter(keyOf(item), after));
  if (from < 0) return { items: [], next: null };
  const items = sorted.slice(from, from + limit);
  return { items, next: from + limit < sorted.length ? keyOf(items[items.length - 1]!) : null };
}

export const ascending = (key: string, after: string): boolean => key > after;
export const descending = (key: string, after: string): boolean => key < after;

/** A key that sorts by instant, then id. */
export function instantKey(atMs: number, id: string): string {
  return `${String(atMs).padStart(16, '0')}:${id}`;
}
