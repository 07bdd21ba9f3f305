import { randomBytes } from 'node:crypto'
import type { Rule } from '@rampart/evaluation'
import { and, eq, sql } from 'drizzle-orm'
import mergePatch from 'json-merge-patch'
import { sameJson } from '../audit/canonical-json.ts'
import { flagConfigurations, flags } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { DomainError, invalidInput } from '../http/errors.ts'
import { problemsOf } from '../http/refuse-invalid-input.ts'
import { checkPatterns } from '../patterns/check-conditions.ts'
import { stateNow } from '../ramps/ramp-now.ts'
import type { RampState } from '../ramps/ramp-states.ts'
import { checkConfiguration } from './check-configuration.ts'
import { editableOf, etagOf, toConfiguration, toDocument } from './configuration.ts'
import { type ConfigurationPatch, type Editable, editableSchema } from './configuration.schemas.ts'
import { differenceBetween } from './difference.ts'
import { findConfiguration } from './flags.queries.ts'
import { bytesOf, keepWithin } from './limits.ts'
import { readSurroundings } from './read-surroundings.ts'

/** What an edit is, if it is more than an edit: the word for the history, and what is added to its sentence. */
export interface EditOrigin {
  action: string
  note: string
}

export interface ConfigurationEdit {
  project: string
  flag: string
  environment: string
  /** The version that the edit started from. */
  version: number
  patch: Omit<ConfigurationPatch, 'reason'>
  origin?: EditOrigin | undefined
}

/** A configuration with everything that decides about a change of it. */
export type FoundConfiguration = Awaited<ReturnType<typeof findConfiguration>>

/** An edit that was checked and can be applied, under the lock of its configuration. */
export interface PlannedEdit extends FoundConfiguration {
  before: Editable
  after: Editable
  origin: EditOrigin | undefined
  /** False when the edit leaves everything as it is. */
  changes: boolean
}

/** Whether its regular expressions are harmless. It may take seconds, so it comes before anything is locked. */
export async function checkPatternsOf({ patch }: Pick<ConfigurationEdit, 'patch'>): Promise<void> {
  const lists = (patch.rules ?? []).map((rule, index) => ({
    path: `rules[${index}].conditions`,
    conditions: rule.conditions as Rule['conditions'],
  }))
  await checkPatterns(lists)
}

/**
 * Locks a configuration and works out what an edit makes of it, without writing. Throws STALE_VERSION with the
 * difference, RAMP_ACTIVE, ARCHIVED, INVALID_INPUT, LIMIT_EXCEEDED, NOT_FOUND.
 */
export async function planEdit(tx: Db, edit: ConfigurationEdit): Promise<PlannedEdit> {
  const found = await lockConfiguration(tx, edit)
  const { configuration } = found
  const before = editableOf(configuration)
  const after = mergeEdit(before, edit.patch)
  if (found.ramp) refuseWhileRamping(stateNow(found.ramp, found.kill).state, before, after)
  if (configuration.version !== edit.version) {
    throw staleVersion(edit.version, toConfiguration(found), before, after)
  }
  const changes = !sameJson(before, after)
  if (changes) await checkChange(tx, found, after)
  return { ...found, before, after, origin: edit.origin, changes }
}

/** Throws INVALID_INPUT, LIMIT_EXCEEDED. */
export async function checkChange(tx: Db, { flag, environment }: FoundConfiguration, after: Editable): Promise<void> {
  const document = toDocument(flag, after)
  checkConfiguration(document, await readSurroundings(tx, environment, document))
  await keepSnapshotSmall(tx, environment.id, flag.id, bytesOf(document))
}

/** While a ramp runs it alone decides who gets what. Who is named by hand, and what must be on before, stay editable. */
function refuseWhileRamping(state: RampState, before: Editable, after: Editable): void {
  const isFree = sameJson([before.on, before.offVariant], [after.on, after.offVariant]) && !movesPeople(before, after)
  if (isFree || (state !== 'running' && state !== 'rolled_back')) return
  const message =
    state === 'running'
      ? 'A ramp is running and decides who gets this. Pause or cancel it first; to stop everything now, kill the flag.'
      : 'A ramp was rolled back here. Acknowledge that, or cancel the ramp, before you change who gets this.'
  throw new DomainError('RAMP_ACTIVE', message, { details: { state } })
}

/** Whether somebody may get another variant by the rules: counters before and after must not be mixed. */
export function movesPeople(before: Editable, after: Editable): boolean {
  const bare = ({ rules, defaultServe }: Editable) => ({
    defaultServe,
    rules: rules.map(({ id, conditions, serve }) => ({ id, conditions, serve })),
  })
  return !sameJson(bare(before), bare(after))
}

/**
 * The first lock of the order flag, audit, environment: two edits of one configuration come one after the other. Throws
 * NOT_FOUND, ARCHIVED.
 */
export async function lockConfiguration(
  tx: Db,
  where: { project: string; flag: string; environment: string },
): Promise<FoundConfiguration> {
  const { flag, environment } = await findConfiguration(tx, where)
  await tx
    .select({ version: flagConfigurations.version })
    .from(flagConfigurations)
    .where(and(eq(flagConfigurations.flagId, flag.id), eq(flagConfigurations.environmentId, environment.id)))
    .for('update')
  // Read again, now that nobody else changes it.
  const found = await findConfiguration(tx, where)
  if (found.flag.archivedAt) throw new DomainError('ARCHIVED', `"${flag.key}" is archived and serves nobody any more.`)
  return found
}

/** The configuration after the patch, complete and valid in form; rules without an id get one. */
export function mergeEdit(before: Editable, patch: ConfigurationEdit['patch']): Editable {
  // The library writes into its target.
  const merged: unknown = mergePatch.apply(structuredClone(before), patch)
  const parsed = editableSchema.safeParse(merged)
  if (!parsed.success) throw invalidInput(problemsOf(parsed.error))
  const rules = parsed.data.rules.map((rule) => ({ ...rule, id: rule.id ?? `r_${randomBytes(6).toString('hex')}` }))
  // zod says `undefined` where the wire types leave a field out; parsing adds none.
  return { ...parsed.data, rules: rules as Rule[] } as Editable
}

function staleVersion(
  version: number,
  current: ReturnType<typeof toConfiguration>,
  before: Editable,
  after: Editable,
): DomainError {
  const etag = etagOf(current.version)
  const message = `Somebody changed this meanwhile: you started from ${etagOf(version)}, it is now ${etag}. Look at the difference, then save again with If-Match: ${etag}.`
  const details = { yours: after, current, etag, difference: differenceBetween(after, before) }
  return new DomainError('STALE_VERSION', message, { details })
}

/** 10 000 flags of this size fill a snapshot, so smaller ones need no look at the others. */
const SMALL_FLAG_BYTES = 2 * 1024

async function keepSnapshotSmall(tx: Db, environmentId: string, flagId: string, bytes: number): Promise<void> {
  if (bytes <= SMALL_FLAG_BYTES) return
  const size = sql<string>`coalesce(sum(octet_length(${flags.variants}::text) + octet_length(${flagConfigurations.targets}::text) + octet_length(${flagConfigurations.rules}::text) + octet_length(${flagConfigurations.defaultServe}::text)), 0)`
  const [row] = await tx
    .select({ bytes: size })
    .from(flagConfigurations)
    .innerJoin(flags, eq(flags.id, flagConfigurations.flagId))
    .where(
      and(
        eq(flagConfigurations.environmentId, environmentId),
        sql`${flagConfigurations.flagId} <> ${flagId}`,
        sql`${flags.archivedAt} is null`,
      ),
    )
  keepWithin(
    'SNAPSHOT_BYTES',
    Number(row?.bytes ?? 0) + bytes,
    'Bytes of this environment',
    'Archive flags, or shorten the longest.',
  )
}
