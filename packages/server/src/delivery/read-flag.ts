import type { FlagDocument, SegmentDocument } from '@rampart/evaluation'
import { z } from 'zod'
import { rowJson } from './encode.ts'
import type { FlagRow } from './read-environment.ts'

// Rows are validated when they are saved. This is for rows that were written behind the API: by hand, by a migration,
// by a later version. It asks for the shape that SDKs rely on and lets everything unknown pass.
const share = z.number().int().min(0).max(100_000)
const serve = z.union([
  z.looseObject({ variant: z.string(), rollout: z.undefined().optional() }),
  z.looseObject({
    variant: z.undefined().optional(),
    rollout: z.looseObject({
      weight: share,
      split: z.array(z.looseObject({ variant: z.string(), weight: share })),
      control: z.string().optional(),
      otherwise: z.enum(['control', 'next']).optional(),
      bucketBy: z.string().optional(),
      salt: z.string().optional(),
    }),
  }),
])
const condition = z.looseObject({ op: z.string(), values: z.array(z.unknown()), negate: z.boolean().optional() })
const shape = z.looseObject({
  key: z.string(),
  type: z.enum(['boolean', 'string', 'number', 'object']),
  salt: z.string(),
  variants: z.array(z.looseObject({ name: z.string(), value: z.unknown() })).min(1),
  offVariant: z.string(),
  prerequisites: z.array(z.looseObject({ flag: z.string(), variants: z.array(z.string()) })).optional(),
  targets: z.array(z.looseObject({ variant: z.string(), keys: z.array(z.string()) })).optional(),
  rules: z.array(z.looseObject({ id: z.string(), conditions: z.array(condition), serve })),
  defaultServe: serve,
})

const keys = z.array(z.string())
const segmentShape = z.looseObject({
  key: z.string(),
  included: keys,
  excluded: keys,
  rules: z.array(z.array(condition)),
})

/** What is wrong with a segment's row; undefined when nothing is. */
export function problemOfSegment(row: SegmentDocument): string | undefined {
  const checked = segmentShape.safeParse(row)
  return checked.success ? undefined : z.prettifyError(checked.error)
}

/** Four times what the API takes. A row beyond that would burden every SDK with somebody's mistake. */
const MAX_FLAG_BYTES = 1024 * 1024

export type FlagReading = { flag: FlagDocument; problem?: undefined } | { flag?: undefined; problem: string }

/** The document that a row stands for, or what is wrong with the row. Never throws: one bad row harms no other. */
export function readFlag(row: FlagRow): FlagReading {
  const flag = toDocument(row)
  const checked = shape.safeParse(flag)
  if (!checked.success) return { problem: z.prettifyError(checked.error) }
  if (!flag.variants.some((variant) => variant.name === flag.offVariant)) {
    return { problem: `its off variant "${flag.offVariant}" is not among its variants` }
  }
  const bytes = Buffer.byteLength(rowJson(flag))
  if (bytes > MAX_FLAG_BYTES) return { problem: `it has ${bytes} bytes, the most is ${MAX_FLAG_BYTES}` }
  return { flag }
}

/**
 * What is served of a row that cannot be read: the last good document with the kill of today. Kills live in a table of
 * their own, so somebody who kills the broken flag is still obeyed.
 */
export function lastGood(good: FlagDocument, row: FlagRow): FlagDocument {
  return { ...good, killed: row.killed, killRevision: row.killRevision, revision: row.revision }
}

function toDocument(row: FlagRow): FlagDocument {
  const { archived: _, killAgeMs: __, prerequisites, targets, clientVisible, ...known } = row
  const { key, revision, killed, killRevision, ...rest } = known
  return {
    // First, so that an SDK can read the head of a line without parsing the rest.
    key,
    revision,
    killed,
    killRevision,
    ...rest,
    ...(isEmpty(prerequisites) ? {} : { prerequisites }),
    ...(isEmpty(targets) ? {} : { targets }),
    ...(clientVisible ? { clientVisible } : {}),
  }
}

function isEmpty(list: unknown): boolean {
  return Array.isArray(list) && list.length === 0
}
