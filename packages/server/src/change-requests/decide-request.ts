import { eq } from 'drizzle-orm'
import type { Acting } from '../audit/record-change.ts'
import { type Actor, changeRequests } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { inTransaction } from '../db/transaction.ts'
import { applyEdit } from '../flags/edit-configuration.ts'
import { checkPatternsOf, type ConfigurationEdit, planEdit } from '../flags/plan-edit.ts'
import { DomainError } from '../http/errors.ts'
import { requestEtag } from './change-request.ts'
import { answerOf, findRequest, type FoundRequest, type RequestPlace } from './change-requests.queries.ts'
import { intentionOf, recordRequest, withRuleIds } from './open-request.ts'

/**
 * A second person agrees, to this version of the request and no other; with `apply` it is done at once, by the command
 * of every edit. Throws FORBIDDEN for its authors, STALE_VERSION when request or configuration moved on.
 */
export async function approveRequest(db: Db, where: RequestPlace, version: number, apply: boolean, acting: Acting) {
  return changeRequest(db, where, version, async (tx, found) => {
    const { row } = found
    if (row.authors.some((author) => isSamePerson(author, acting.actor))) {
      throw new DomainError('FORBIDDEN', 'A second person has to approve this: you wrote it yourself.')
    }
    refuseOutdated(found)
    const approval = { approvedBy: acting.actor, approvedAt: new Date() }
    if (apply) return applyRequest(tx, where, { ...found, row: { ...row, ...approval } }, acting)
    await recordRequest(tx, row, 'approve', `approved ${namesRequest(found)}`, acting)
    return approval
  })
}

/** Does what was approved. Throws APPROVAL_REQUIRED before that, STALE_VERSION when something moved on since. */
export async function applyApproved(db: Db, where: RequestPlace, version: number, acting: Acting) {
  return changeRequest(db, where, version, async (tx, found) => {
    refuseOutdated(found)
    if (found.row.approvedBy === null) {
      throw new DomainError(
        'APPROVAL_REQUIRED',
        'Nobody has approved this yet. A second person has to look at it first.',
      )
    }
    return applyRequest(tx, where, found, acting)
  })
}

export interface RequestEdit {
  /** The version of the configuration that its editor saw. */
  baseVersion: number
  patch?: ConfigurationEdit['patch'] | undefined
  reason?: string | undefined
}

/**
 * Writes a request anew, or brings it up to a later version of the configuration. Whoever does is an author from now
 * on, and an approval is gone. Throws what an edit throws.
 */
export async function editRequest(db: Db, where: RequestPlace, version: number, edit: RequestEdit, acting: Acting) {
  if (edit.patch) await checkPatternsOf({ patch: edit.patch })
  return changeRequest(db, where, version, async (tx, found) => {
    const { row } = found
    const patch = edit.patch ?? (row.patch as ConfigurationEdit['patch'])
    // Written by hand it is no longer what an earlier version was.
    const origin = edit.patch ? undefined : (row.origin ?? undefined)
    const plan = await planEdit(tx, { ...where, flag: found.flag.key, patch, version: edit.baseVersion, origin })
    if (!plan.changes) {
      throw new DomainError('INVALID_INPUT', 'This request would change nothing any more. Withdraw it.')
    }
    const reason = edit.reason ?? row.reason
    const sentence = intentionOf(plan)
    await recordRequest(tx, row, 'edit', `now asks to ${sentence}`, { ...acting, reason })
    return {
      patch: withRuleIds(patch, plan),
      origin: origin ?? null,
      baseVersion: edit.baseVersion,
      sentence,
      reason,
      authors: row.authors.some((author) => isSamePerson(author, acting.actor))
        ? row.authors
        : [...row.authors, acting.actor],
      approvedBy: null,
      approvedAt: null,
    }
  })
}

/** Ends a request without applying it: rejected by somebody else, or withdrawn. */
export async function closeRequest(
  db: Db,
  where: RequestPlace,
  version: number,
  state: 'rejected' | 'withdrawn',
  acting: Acting,
) {
  return changeRequest(db, where, version, async (tx, found) => {
    const what = state === 'rejected' ? 'reject' : 'withdraw'
    await recordRequest(
      tx,
      found.row,
      what,
      `${state === 'rejected' ? 'rejected' : 'withdrew'} ${namesRequest(found)}`,
      acting,
    )
    return { state, decidedBy: acting.actor, decidedAt: new Date(), decisionReason: acting.reason }
  })
}

function isSamePerson(a: Actor, b: Actor): boolean {
  return a.kind === b.kind && a.id === b.id
}

type Fields = Partial<typeof changeRequests.$inferInsert>

/** One change of a request: locked, compared with what its editor saw, written with the next version. */
async function changeRequest(
  db: Db,
  where: RequestPlace,
  version: number,
  change: (tx: Db, found: FoundRequest) => Promise<Fields>,
) {
  return inTransaction(db, async (tx) => {
    const { row: seen } = await findRequest(tx, where)
    await tx.select({ id: changeRequests.id }).from(changeRequests).where(eq(changeRequests.id, seen.id)).for('update')
    const found = await findRequest(tx, where)
    const { row } = found
    if (row.state !== 'open') throw new DomainError('ARCHIVED', `This request was ${row.state} already.`)
    if (row.version !== version) {
      const etag = requestEtag(row.version)
      const message = `Somebody changed this request meanwhile: you saw ${requestEtag(version)}, it is now ${etag}. Look at it again.`
      throw new DomainError('STALE_VERSION', message, { details: { etag } })
    }
    const fields = await change(tx, found)
    await tx
      .update(changeRequests)
      .set({ ...fields, version: row.version + 1, updatedAt: new Date() })
      .where(eq(changeRequests.id, row.id))
    return answerOf(await findRequest(tx, where))
  })
}

/** By the one command of all edits, in the name of who asked for it, with the second person beside. */
async function applyRequest(tx: Db, where: RequestPlace, { row, flag }: FoundRequest, acting: Acting): Promise<Fields> {
  const { approvedBy, approvedAt, reason, via } = row
  const [author] = row.authors
  if (!author || !approvedBy) throw new Error(`Change request ${row.id} has no author or no approval.`)
  const patch = row.patch as ConfigurationEdit['patch']
  const edit = { ...where, flag: flag.key, patch, version: row.baseVersion, origin: row.origin ?? undefined }
  const asAuthor = { actor: author, via, reason, requestId: acting.requestId, approvedBy }
  const { version } = await applyEdit(tx, await planEdit(tx, edit), asAuthor)
  const decision = { decidedBy: acting.actor, decidedAt: new Date(), decisionReason: acting.reason }
  return { state: 'applied', approvedBy, approvedAt, ...decision, appliedVersion: version }
}

function refuseOutdated({ row, flag, configuration }: FoundRequest): void {
  if (row.baseVersion === configuration.version) return
  const message = `${flag.key} was changed since this was asked for: it started from version ${row.baseVersion}, now it is ${configuration.version}. Bring the request up to date, then it can be approved.`
  throw new DomainError('STALE_VERSION', message)
}

/** "Ada's request to ramp new-checkout in production from 5 % to 25 %" */
function namesRequest({ row }: FoundRequest): string {
  return `the request of ${row.authors[0]?.name ?? 'somebody'} to ${row.sentence}`
}
