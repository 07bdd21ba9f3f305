import { z } from '@hono/zod-openapi'
import { strictObject } from '../http/strict-object.ts'

const DAY_MS = 24 * 60 * 60 * 1000

/** How long the old one goes on beside the new one: a day, unless said; 0 ends it at once. */
export const rotationSchema = strictObject({ overlapHours: z.number().min(0).max(720).default(24) }).openapi('Rotation')

/** When something ends that is to last so many days; null for never. */
export function inDays(days: number | undefined): Date | null {
  return days === undefined ? null : new Date(Date.now() + days * DAY_MS)
}
