import { and, count, eq, gt, isNull } from 'drizzle-orm'
import { createSecret, hashSecret, SECRET_PREFIX, visiblePrefix } from '../access/secrets.ts'
import { type Acting, recordChange } from '../audit/record-change.ts'
import { triggers } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { inTransaction } from '../db/transaction.ts'
import { findConfiguration } from '../flags/flags.queries.ts'
import { keepWithin } from '../flags/limits.ts'
import { DomainError } from '../http/errors.ts'

const DAY_MS = 24 * 60 * 60_000

export interface TriggerPlace {
  project: string
  flag: string
  environment: string
}

export interface NewTrigger {
  name: string
  expiresInDays: number
}

export type TriggerRow = typeof triggers.$inferSelect

/** Where an alert manager sends its alerts. The secret is in this answer and nowhere else. */
export function pathOfTrigger(secret: string): string {
  return `/triggers/v1/${secret}`
}

/** Makes a trigger. Throws NOT_FOUND, ARCHIVED, LIMIT_EXCEEDED. */
export async function createTrigger(db: Db, where: TriggerPlace, input: NewTrigger, acting: Acting) {
  return inTransaction(db, async (tx) => {
    const { flag, environment } = await findConfiguration(tx, where)
    if (flag.archivedAt) throw new DomainError('ARCHIVED', `"${flag.key}" is archived and serves nobody any more.`)
    const here = and(eq(triggers.flagId, flag.id), eq(triggers.environmentId, environment.id))
    const [used] = await tx
      .select({ count: count() })
      .from(triggers)
      .where(and(here, isNull(triggers.revokedAt), gt(triggers.expiresAt, new Date())))
    keepWithin('TRIGGERS_PER_FLAG', (used?.count ?? 0) + 1, 'Triggers', 'Revoke those that nobody needs.')
    const secret = createSecret(SECRET_PREFIX.trigger)
    const [row] = await tx
      .insert(triggers)
      .values({
        flagId: flag.id,
        environmentId: environment.id,
        name: input.name,
        action: 'kill',
        prefix: visiblePrefix(secret),
        hash: hashSecret(secret),
        createdBy: acting.actor.name,
        expiresAt: new Date(Date.now() + input.expiresInDays * DAY_MS),
      })
      .returning()
    if (!row) throw new Error('The trigger was not written.')
    const sentence = `made the kill trigger "${row.name}" for ${flag.key} in ${environment.key}`
    await record(tx, flag.projectId, row, acting, 'trigger.create', sentence)
    return { ...withoutSecret(row), path: pathOfTrigger(secret) }
  })
}

/** Ends a trigger for good; a second time changes nothing. Throws NOT_FOUND. */
export async function revokeTrigger(db: Db, where: TriggerPlace, id: string, acting: Acting): Promise<void> {
  await inTransaction(db, async (tx) => {
    const { flag, environment } = await findConfiguration(tx, where)
    const own = and(eq(triggers.id, id), eq(triggers.flagId, flag.id), eq(triggers.environmentId, environment.id))
    const [row] = await tx.select().from(triggers).where(own).for('update')
    if (!row) throw new DomainError('NOT_FOUND', `"${flag.key}" has no trigger ${id} in "${environment.key}".`)
    if (row.revokedAt) return
    await tx.update(triggers).set({ revokedAt: new Date() }).where(eq(triggers.id, id))
    const sentence = `revoked the kill trigger "${row.name}" of ${flag.key} in ${environment.key}`
    await record(tx, flag.projectId, row, acting, 'trigger.revoke', sentence)
  })
}

/** Part of the history, but no new revision: what SDKs evaluate did not change. */
async function record(
  tx: Db,
  projectId: string,
  { flagId, environmentId }: TriggerRow,
  acting: Acting,
  action: string,
  sentence: string,
): Promise<void> {
  const change = { projectId, environmentId, flagId, action, sentence, before: null, after: null, version: null }
  await recordChange(tx, change, acting, [], async () => {})
}

export function withoutSecret(row: TriggerRow) {
  const { id, name, action, prefix, createdAt, createdBy, expiresAt, lastUsedAt, lastOutcome } = row
  return {
    id,
    name,
    action,
    prefix,
    createdAt: createdAt.toISOString(),
    createdBy,
    expiresAt: expiresAt.toISOString(),
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
    lastOutcome,
  }
}
