import { and, eq } from 'drizzle-orm'
import { type Acting, recordChange } from '../audit/record-change.ts'
import { metrics } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { inTransaction } from '../db/transaction.ts'
import { DomainError } from '../http/errors.ts'
import { findProject } from '../projects/projects.queries.ts'

/**
 * Says whether what pages report of a metric may decide about ramps. No SDK sees it, so no revision moves. The same again
 * changes nothing. Throws NOT_FOUND.
 */
export async function trustPages(
  db: Db,
  projectKey: string,
  name: string,
  fromPages: boolean,
  acting: Acting,
): Promise<void> {
  await inTransaction(db, async (tx) => {
    const { id: projectId } = await findProject(tx, projectKey)
    const ofMetric = and(eq(metrics.projectId, projectId), eq(metrics.name, name))
    const [held] = await tx.select().from(metrics).where(ofMetric).for('update')
    if (!held) throw new DomainError('NOT_FOUND', `No application has tracked a metric "${name}" in "${projectKey}".`)
    if (held.fromPages === fromPages) return
    await tx.update(metrics).set({ fromPages }).where(ofMetric)
    const sentence = fromPages
      ? `let pages count for the metric ${name}: what they report may now stop a ramp`
      : `no longer lets pages count for the metric ${name}`
    const change = {
      projectId,
      environmentId: null,
      flagId: null,
      action: 'metric.edit',
      sentence,
      before: { metric: name, fromPages: held.fromPages },
      after: { metric: name, fromPages },
      version: null,
    }
    await recordChange(tx, change, acting, [], async () => {})
  })
}
