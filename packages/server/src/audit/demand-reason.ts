import { and, eq, inArray } from 'drizzle-orm'
import { environments } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { DomainError } from '../http/errors.ts'
import type { Acting, Change } from './record-change.ts'

/** Changes of what people are served, which an environment may want explained. A kill and its restore never have to. */
const EXPLAINED = new Set([
  'configuration.edit',
  'configuration.restore',
  'change-request.open',
  'change-request.edit',
  'flag.archive',
  'configuration.copy',
  // The reason of a plan is that of all its steps.
  'ramp.plan',
  'ramp.start',
  'ramp.advance',
  'ramp.resume',
  'segment.edit',
  'segment.keys',
  'segment.archive',
])

/** Throws REASON_REQUIRED when a person gives none and one of the environments wants it. */
export async function demandReason(tx: Db, change: Change, acting: Acting, environmentIds: string[]): Promise<void> {
  if (acting.reason || acting.actor.kind === 'system' || acting.actor.kind === 'ramp' || !EXPLAINED.has(change.action))
    return
  const ids = change.environmentId === null ? environmentIds : [change.environmentId]
  if (ids.length === 0) return
  const [strict] = await tx
    .select({ key: environments.key })
    .from(environments)
    .where(and(inArray(environments.id, ids), eq(environments.reasonRequired, true)))
    .limit(1)
  if (!strict) return
  throw new DomainError('REASON_REQUIRED', `Say why: changes in ${strict.key} need a reason. Send it as "reason".`)
}
