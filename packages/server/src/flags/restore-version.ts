import mergePatch from 'json-merge-patch'
import type { Acting } from '../audit/record-change.ts'
import { submitEdit, type Submitted } from '../change-requests/submit-edit.ts'
import type { Db } from '../db/store.ts'
import { editableOf } from './configuration.ts'
import { findConfiguration } from './flags.queries.ts'
import type { ConfigurationEdit } from './plan-edit.ts'
import { type ConfigurationPlace, readVersion } from './versions.queries.ts'

export interface VersionRestore extends ConfigurationPlace {
  /** The version that comes back. */
  version: number
  /** The version that was on screen. */
  from: number
}

/**
 * Rolls forward to what an earlier version was: a new version, by the command of every edit. Whether the flag is killed
 * is no part of a version and stays as it is. Throws what an edit throws.
 */
export async function restoreVersion(db: Db, restore: VersionRestore, acting: Acting): Promise<Submitted> {
  const { configuration: wanted } = await readVersion(db, restore, restore.version)
  const { configuration } = await findConfiguration(db, restore)
  // Made for the version that is there now. If that is not the one in If-Match, the edit is refused as stale.
  const patch = (mergePatch.generate(editableOf(configuration), wanted) ?? {}) as ConfigurationEdit['patch']
  const origin = { action: 'configuration.restore', note: `back to version ${restore.version}` }
  return submitEdit(db, { ...restore, version: restore.from, patch, origin }, acting)
}
