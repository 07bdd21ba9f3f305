import { exposedShare, type FlagDocument, flagState, type StatedFlag } from '@rampart/evaluation'
import type { flagConfigurations, flagKills, flags } from '../db/schema/index.ts'
import { type KillSeen, type RampRow, type RampSeen, stateNow } from '../ramps/ramp-now.ts'
import type { Editable } from './configuration.schemas.ts'

export type FlagRow = typeof flags.$inferSelect
export type ConfigurationRow = typeof flagConfigurations.$inferSelect
export type KillRow = typeof flagKills.$inferSelect

/** A configuration with its kill and its unfinished ramp, as they lie in the database. */
export interface StoredConfiguration {
  configuration: ConfigurationRow
  kill: KillRow | null
  ramp: RampRow | null
}

/** The part that people edit. */
export function editableOf(row: Editable): Editable {
  const { on, offVariant, prerequisites, targets, rules, defaultServe } = row
  return { on, offVariant, prerequisites, targets, rules, defaultServe }
}

/** The strong ETag of a configuration; a kill does not change it. */
export function etagOf(version: number): string {
  return `"v${version}"`
}

/** State word and exposed share, by the one law that screens use too. */
export function stateOf(row: Omit<StatedFlag, 'killed'>, kill: KillSeen | null, ramp: RampSeen | null) {
  const { on, offVariant, targets = [], rules, defaultServe } = row
  const rampState = ramp ? stateNow(ramp, kill).state : null
  const held = rampState === 'holding' || rampState === 'rolled_back'
  const rampRunning = rampState === 'running'
  const killed = kill?.killed ?? false
  const stated: StatedFlag = { on, offVariant, targets, rules, defaultServe, killed, held, rampRunning }
  return { state: flagState(stated), share: exposedShare(stated) }
}

/** What `killed` and its circumstances look like from outside. */
export function killState(kill: KillRow | null) {
  return {
    killed: kill?.killed ?? false,
    at: kill?.at?.toISOString() ?? null,
    by: kill?.by ?? null,
    reason: kill?.reason ?? null,
    revision: kill?.revision ?? 0,
  }
}

/** A configuration as the API answers it. */
export function toConfiguration({ configuration: row, kill, ramp }: StoredConfiguration) {
  return {
    ...editableOf(row),
    version: row.version,
    allocation: row.allocation,
    revision: Math.max(row.revision, kill?.revision ?? 0),
    updatedAt: row.updatedAt.toISOString(),
    updatedBy: row.updatedBy,
    ...stateOf(row, kill, ramp),
    kill: killState(kill),
    ramp: ramp && stateNow(ramp, kill).state,
  }
}

/** The document that SDKs would receive, for checks before it is saved. */
export function toDocument(flag: FlagRow, editable: Editable): FlagDocument {
  return {
    key: flag.key,
    type: flag.type,
    salt: flag.salt,
    variants: flag.variants,
    ...editable,
    killed: false,
    killRevision: 0,
    allocation: 1,
    revision: 0,
  }
}
