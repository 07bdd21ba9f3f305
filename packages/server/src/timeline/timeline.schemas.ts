import { z } from '@hono/zod-openapi'
import { strictObject } from '../http/strict-object.ts'
import { spanSchema } from '../markers/markers.schemas.ts'

/** What an item is: for its sign on the axis and for the filter. */
const TIMELINE_KINDS = ['kill', 'restore', 'ramp', 'change', 'request', 'settings', 'deploy', 'verdict'] as const
export type TimelineKind = (typeof TIMELINE_KINDS)[number]

const undoActionSchema = z
  .object({
    label: z.string(),
    will: z.string(),
    method: z.enum(['POST', 'PATCH']),
    path: z.string(),
    ifMatch: z.string().nullable(),
    body: z.record(z.string(), z.unknown()),
    needsReason: z.boolean(),
    needsApproval: z.boolean(),
  })
  .openapi('UndoAction')

const undoSchema = z
  .union([
    z.object({ state: z.literal('possible'), action: undoActionSchema }),
    z.object({ state: z.enum(['done', 'superseded']), action: z.null() }),
  ])
  .openapi('Undo')

const timelineItemSchema = z
  .object({
    /** Of the entry in the history, or of the deploy. */
    id: z.string(),
    at: z.iso.datetime(),
    kind: z.enum(TIMELINE_KINDS),
    action: z.string(),
    sentence: z.string(),
    by: z.string(),
    /** By which way: ui, api, or what acted by itself. */
    source: z.string(),
    reason: z.string().nullable(),
    approvedBy: z.string().nullable(),
    flag: z.string().nullable(),
    environment: z.string().nullable(),
    service: z.string().nullable(),
    url: z.string().nullable(),
    version: z.int().nullable(),
    revision: z.int().nullable(),
    /** Of a kill: the processes it went to, and those that confirmed. */
    delivery: z.object({ streams: z.int(), confirmed: z.int() }).nullable(),
    undo: undoSchema.nullable(),
  })
  .openapi('TimelineItem')
export type TimelineItem = z.infer<typeof timelineItemSchema>

export const timelineSchema = z
  .object({
    from: z.iso.datetime(),
    to: z.iso.datetime(),
    items: z.array(timelineItemSchema),
    /** Goes into `after` for the next page. */
    next: z.string().nullable(),
    /** With the first page: how many items there are, and what they can be filtered by. */
    total: z.int().nullable(),
    people: z.array(z.string()).nullable(),
    services: z.array(z.string()).nullable(),
    sources: z.array(z.string()).nullable(),
  })
  .openapi('Timeline')

const limitMessage = 'limit is a whole number from 1 to 1000.'
const cursorMessage = 'after is the `next` of the page before.'
export const timelineQuerySchema = strictObject({
  ...spanSchema.shape,
  environment: z.string().optional(),
  flag: z.string().optional(),
  person: z.string().optional(),
  source: z.string().optional(),
  service: z.string().optional(),
  kind: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(TIMELINE_KINDS, `kind is one or more of ${TIMELINE_KINDS.join(', ')}, with commas.`)))
    .optional(),
  after: z
    .string()
    .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z_(?:change_\d{1,15}|deploy_[0-9a-f-]{36})$/, cursorMessage)
    .optional(),
  limit: z.coerce.number(limitMessage).int(limitMessage).min(1, limitMessage).max(1000, limitMessage).default(100),
})
export type TimelineQuery = z.infer<typeof timelineQuerySchema>

/** `GET .../undo`: the caller's own last change, while it can be taken back. */
export const lastChangeSchema = z
  .object({
    entry: z.string(),
    sentence: z.string(),
    flag: z.string().nullable(),
    environment: z.string().nullable(),
    /** Milliseconds that are left, by the clock that decides. */
    leftMs: z.int(),
    action: undoActionSchema,
  })
  .openapi('LastChange')
