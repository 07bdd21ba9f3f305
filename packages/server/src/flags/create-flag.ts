import type { JsonValue, Serve, Variant } from '@rampart/evaluation'
import { and, asc, count, eq, isNull } from 'drizzle-orm'
import { type Acting, recordChange } from '../audit/record-change.ts'
import { environments, flagConfigurations, flagKills, flags } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { inTransaction } from '../db/transaction.ts'
import { DomainError, violatedConstraint } from '../http/errors.ts'
import { lockProject, type Project } from '../projects/projects.queries.ts'
import { checkConfiguration } from './check-configuration.ts'
import { chooseVariants } from './check-variants.ts'
import { type FlagRow, toDocument } from './configuration.ts'
import type { Editable } from './configuration.schemas.ts'
import type { NewFlag } from './flags.schemas.ts'
import { keepWithin } from './limits.ts'
import { describeCreation } from './sentences.ts'

/**
 * Creates a flag: off in every environment, with a default rollout that reaches nobody, so that nothing changes for
 * anybody until somebody ramps it. Throws KEY_TAKEN, KEY_ARCHIVED, INVALID_INPUT, LIMIT_EXCEEDED.
 */
export async function createFlag(db: Db, projectKey: string, input: NewFlag, acting: Acting): Promise<void> {
  const { variants, offVariant } = chooseVariants(input)
  const { salt = input.key, reason: _, offVariant: __, ...facts } = input
  const first = firstConfiguration(variants, offVariant)
  const { key, type } = input
  await writeNewFlag(db, projectKey, key, acting, async (tx, project) => {
    const flag = await insertFlag(tx, { ...facts, projectId: project.id, salt, variants })
    checkConfiguration(toDocument(flag, first))
    return {
      flag,
      configurationIn: () => first,
      action: 'flag.create',
      sentence: describeCreation(key, type, variants),
      after: { key, type, variants, offVariant, salt } as unknown as JsonValue,
    }
  })
}

/** A flag that was just inserted, what it serves in each environment, and what the history says about that. */
export interface NewFlagRow {
  flag: FlagRow
  configurationIn(environmentId: string): Editable
  action: string
  sentence: string
  after: JsonValue
}

/**
 * One transaction that brings a flag into a project with a configuration and a row for kills in every environment.
 * Throws KEY_TAKEN, KEY_ARCHIVED, LIMIT_EXCEEDED, NOT_FOUND, and what `insert` throws.
 */
export async function writeNewFlag(
  db: Db,
  projectKey: string,
  key: string,
  acting: Acting,
  insert: (tx: Db, project: Project) => Promise<NewFlagRow>,
): Promise<void> {
  try {
    await inTransaction(db, async (tx) => {
      const project = await lockProject(tx, projectKey, 'share')
      await refuseUsedKey(tx, project.id, key)
      await keepRoom(tx, project.id)
      const { flag, configurationIn, ...said } = await insert(tx, project)
      const ids = await environmentIds(tx, project.id)
      const change = {
        ...said,
        projectId: project.id,
        environmentId: null,
        flagId: flag.id,
        before: null,
        version: null,
      }
      await recordChange(tx, change, acting, ids, async (revisions) => {
        const updatedBy = acting.actor.name
        const rows = [...revisions].map(([environmentId, revision]) => ({
          ...configurationIn(environmentId),
          flagId: flag.id,
          environmentId,
          revision,
          updatedBy,
        }))
        if (rows.length === 0) return
        await tx.insert(flagConfigurations).values(rows)
        // The row a kill will lock exists from the beginning, so that two first kills meet in it.
        await tx.insert(flagKills).values(rows.map(({ flagId, environmentId }) => ({ flagId, environmentId })))
      })
    })
  } catch (error) {
    // Somebody else created it between our look and our insert.
    if (violatedConstraint(error) === 'flags_project_key') throw keyTaken(key)
    throw error
  }
}

/** Ids of a project's environments, in the order in which they are locked. */
export async function environmentIds(tx: Db, projectId: string): Promise<string[]> {
  const rows = await tx
    .select({ id: environments.id })
    .from(environments)
    .where(eq(environments.projectId, projectId))
    .orderBy(asc(environments.id))
  return rows.map((row) => row.id)
}

/** Throws when the key is used: `violatedConstraint` tells. */
export async function insertFlag(tx: Db, row: typeof flags.$inferInsert): Promise<FlagRow> {
  const [flag] = await tx.insert(flags).values(row).returning()
  if (!flag) throw new Error('The flag was not written.')
  return flag
}

/** Off, and nobody at first; ramping then brings people from the off variant to the first other one. */
export function firstConfiguration(variants: Variant[], offVariant: string): Editable {
  return {
    on: false,
    offVariant,
    prerequisites: [],
    targets: [],
    rules: [],
    defaultServe: firstServe(variants, offVariant),
  }
}

function firstServe(variants: Variant[], offVariant: string): Serve {
  const other = variants.find((variant) => variant.name !== offVariant)
  if (!other) return { variant: offVariant }
  return { rollout: { weight: 0, split: [{ variant: other.name, weight: 100_000 }] } }
}

async function refuseUsedKey(tx: Db, projectId: string, key: string): Promise<void> {
  const used = await tx.query.flags.findFirst({ where: and(eq(flags.projectId, projectId), eq(flags.key, key)) })
  if (!used) return
  if (!used.archivedAt) throw keyTaken(key)
  throw new DomainError(
    'KEY_ARCHIVED',
    `"${key}" belonged to a flag that was archived on ${used.archivedAt.toISOString().slice(0, 10)}. Keys are never used again: code that still asks for the old flag would get the new one. Choose another key.`,
  )
}

function keyTaken(key: string): DomainError {
  return new DomainError('KEY_TAKEN', `There is a flag "${key}" already. Choose another key.`)
}

async function keepRoom(tx: Db, projectId: string): Promise<void> {
  const [row] = await tx
    .select({ flags: count() })
    .from(flags)
    .where(and(eq(flags.projectId, projectId), isNull(flags.archivedAt)))
  keepWithin('FLAGS_PER_PROJECT', (row?.flags ?? 0) + 1, 'Flags of this project', 'Archive those that are done.')
}
