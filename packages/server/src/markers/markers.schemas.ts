import { z } from '@hono/zod-openapi'
import { strictObject } from '../http/strict-object.ts'

/** A vertical line on a graph. */
export const markerSchema = z
  .object({
    at: z.iso.datetime(),
    kind: z.enum(['deploy', 'change', 'kill', 'restore']),
    label: z.string(),
    by: z.string().nullable(),
    reason: z.string().nullable(),
    flag: z.string().nullable(),
    environment: z.string().nullable(),
    url: z.string().nullable(),
    auditId: z.string().nullable(),
  })
  .openapi('Marker')
export type Marker = z.infer<typeof markerSchema>

export const newMarkerSchema = strictObject({
  kind: z.enum(['deploy'], 'Only deploys are reported; changes of flags become markers by themselves.'),
  label: z.string().trim().min(1, 'Say what was deployed, for example a version.').max(200),
  environment: z.string().optional(),
  service: z.string().trim().min(1).max(100).optional(),
  // It becomes a link on a screen, so only these two schemes.
  url: z
    .url({ protocol: /^https?$/, error: 'A url begins with http:// or https://.' })
    .max(2000)
    .optional(),
}).openapi('NewMarker')
export type NewMarker = z.infer<typeof newMarkerSchema>

const HOUR_MS = 60 * 60 * 1000

/** A span of time in the query; the last 24 hours unless given. */
export const spanSchema = strictObject({
  from: z.iso.datetime({ offset: true, error: 'Write times like 2026-11-22T12:00:00Z.' }).optional(),
  to: z.iso.datetime({ offset: true, error: 'Write times like 2026-11-22T12:00:00Z.' }).optional(),
})

export function spanOf({ from, to }: z.infer<typeof spanSchema>): { from: Date; to: Date } {
  const end = to ? new Date(to) : new Date()
  return { from: from ? new Date(from) : new Date(end.getTime() - 24 * HOUR_MS), to: end }
}
