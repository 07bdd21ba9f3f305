import { eq, max, sql } from 'drizzle-orm'
import { ulid } from 'ulid'
import { type Acting, recordChange } from '../audit/record-change.ts'
import { environments, flagConfigurations, flagKills, flags, segmentRevisions, segments } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { inTransaction } from '../db/transaction.ts'
import { DomainError, violatedConstraint } from '../http/errors.ts'
import { findEnvironment, lockProject } from './projects.queries.ts'
import type { NewEnvironment } from './projects.schemas.ts'

/**
 * An environment in which every flag has a configuration: taken over from `copyFrom`, or off and reaching nobody. Nothing
 * is killed in it. One statement per table, because there may be ten thousand flags. Throws KEY_TAKEN, NOT_FOUND.
 */
export async function createEnvironment(
  db: Db,
  projectKey: string,
  input: NewEnvironment,
  acting: Acting,
): Promise<void> {
  const { key, name, production, copyFrom } = input
  try {
    await inTransaction(db, async (tx) => {
      const { id: projectId } = await lockProject(tx, projectKey, 'no key update')
      const model =
        copyFrom === undefined ? await firstEnvironment(tx, projectId) : await findEnvironment(tx, projectKey, copyFrom)
      const position = await nextPosition(tx, projectId)
      const [environment] = await tx
        .insert(environments)
        .values({ projectId, key, name, production, position, epoch: ulid() })
        .returning({ id: environments.id })
      if (!environment) throw new Error('The environment was not written.')
      const change = {
        projectId,
        environmentId: environment.id,
        flagId: null,
        action: 'environment.create',
        sentence: `created the environment ${key}${copyFrom === undefined ? ', everything off' : ` as a copy of ${copyFrom}`}`,
        before: null,
        after: { key, name, production, copyFrom: copyFrom ?? null },
        version: null,
      }
      await recordChange(tx, change, acting, [environment.id], async (revisions) => {
        const revision = revisions.get(environment.id) ?? 0
        await copyConfigurations(tx, model?.id, environment.id, revision, copyFrom !== undefined, acting.actor.name)
        await tx.execute(sql`
          insert into ${flagKills} (flag_id, environment_id)
          select id, ${environment.id}::uuid from ${flags} where project_id = ${projectId}::uuid`)
        await tx.execute(sql`
          insert into ${segmentRevisions} (segment_id, environment_id, revision)
          select id, ${environment.id}::uuid, ${revision}::bigint from ${segments} where project_id = ${projectId}::uuid`)
      })
    })
  } catch (error) {
    if (violatedConstraint(error) === 'environments_project_key') {
      throw new DomainError(
        'KEY_TAKEN',
        `Project "${projectKey}" has an environment "${key}" already. Choose another key.`,
      )
    }
    throw error
  }
}

async function nextPosition(tx: Db, projectId: string): Promise<number> {
  const [row] = await tx
    .select({ last: max(environments.position) })
    .from(environments)
    .where(eq(environments.projectId, projectId))
  return (row?.last ?? -1) + 1
}

/** Any will do: a flag's off variant is the same idea everywhere, and the rest is taken back to its beginning. */
async function firstEnvironment(tx: Db, projectId: string) {
  return tx.query.environments.findFirst({ where: eq(environments.projectId, projectId) })
}

/** `whole` takes rules and weights over; else each flag is as if it had just been created. */
async function copyConfigurations(
  tx: Db,
  from: string | undefined,
  to: string,
  revision: number,
  whole: boolean,
  by: string,
): Promise<void> {
  if (from === undefined) return
  const source = flagConfigurations
  const firstServe = sql`coalesce((
    select jsonb_build_object('rollout', jsonb_build_object(
      'weight', 0, 'split', jsonb_build_array(jsonb_build_object('variant', variant ->> 'name', 'weight', 100000))))
    from jsonb_array_elements(${flags.variants}) with ordinality as listed(variant, place)
    where variant ->> 'name' <> ${source.offVariant} order by place limit 1
  ), jsonb_build_object('variant', ${source.offVariant}))`
  const served = whole
    ? sql`${source.on}, ${source.prerequisites}, ${source.targets}, ${source.rules}, ${source.defaultServe}`
    : sql`false, '[]'::jsonb, '[]'::jsonb, '[]'::jsonb, ${firstServe}`
  await tx.execute(sql`
    insert into ${source} (flag_id, environment_id, off_variant, revision, updated_by, "on", prerequisites, targets, rules, default_serve)
    select ${source.flagId}, ${to}::uuid, ${source.offVariant}, ${revision}::bigint, ${by}::text, ${served}
    from ${source} join ${flags} on ${flags.id} = ${source.flagId}
    where ${source.environmentId} = ${from}::uuid`)
}
