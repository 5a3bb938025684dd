import { z } from 'zod';

/** Each role may do what the ones before it may. */
export const roleSchema = z.enum(['viewer', 'operator', 'supervisor', 'admin']);
export type Role = z.infer<typeof roleSchema>;

export function isAtLeast(role: Role, needed: Role): boolean {
  return roleSchema.options.indexOf(role) >= roleSchema.options.indexOf(needed);
}
