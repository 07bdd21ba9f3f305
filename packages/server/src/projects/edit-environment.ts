import { eq } from 'drizzle-orm'
import { type Acting, recordChange } from '../audit/record-change.ts'
import { environments } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { inTransaction } from '../db/transaction.ts'
import { type Environment, findEnvironment } from './projects.queries.ts'

/** What an environment is called, where it stands, and what it asks of whoever changes something in it. */
export type EnvironmentFacts = Pick<
  Environment,
  'name' | 'production' | 'position' | 'reasonRequired' | 'approvalRequired'
>

/** Changes them. SDKs see nothing of it, so no revision moves. Nothing changed writes nothing. Throws NOT_FOUND. */
export async function editEnvironment(
  db: Db,
  project: string,
  key: string,
  patch: { [Fact in keyof EnvironmentFacts]?: EnvironmentFacts[Fact] | undefined },
  acting: Acting,
): Promise<void> {
  await inTransaction(db, async (tx) => {
    const { id } = await findEnvironment(tx, project, key)
    await tx.select({ id: environments.id }).from(environments).where(eq(environments.id, id)).for('no key update')
    const row = await findEnvironment(tx, project, key)
    const before = factsOf(row)
    const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined))
    const after: EnvironmentFacts = { ...before, ...given }
    const parts = describeChange(before, after)
    if (parts.length === 0) return
    const sentence = `${parts.join(' and ')} in ${row.key}`
    const change = { projectId: row.projectId, environmentId: id, flagId: null, version: null }
    await recordChange(tx, { ...change, action: 'environment.edit', sentence, before, after }, acting, [], async () => {
      await tx.update(environments).set(after).where(eq(environments.id, id))
    })
  })
}

function factsOf({ name, production, position, reasonRequired, approvalRequired }: Environment): EnvironmentFacts {
  return { name, production, position, reasonRequired, approvalRequired }
}

function describeChange(before: EnvironmentFacts, after: EnvironmentFacts): string[] {
  const verb = (required: boolean) => (required ? 'demanded' : 'no longer demanded')
  const words: Record<keyof EnvironmentFacts, string> = {
    name: `changed the name to ${after.name}`,
    production: after.production ? 'said that real users are served' : 'said that no real users are served',
    position: 'changed the place in lists',
    reasonRequired: `${verb(after.reasonRequired)} a reason for changes`,
    approvalRequired: `${verb(after.approvalRequired)} a second person`,
  }
  const facts = Object.keys(words) as (keyof EnvironmentFacts)[]
  return facts.filter((fact) => before[fact] !== after[fact]).map((fact) => words[fact])
}
