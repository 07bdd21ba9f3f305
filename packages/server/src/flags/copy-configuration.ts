import mergePatch from 'json-merge-patch'
import type { Acting } from '../audit/record-change.ts'
import type { Db } from '../db/store.ts'
import { editableOf, etagOf } from './configuration.ts'
import type { ConfigurationPatch, Editable } from './configuration.schemas.ts'
import { differenceBetween } from './difference.ts'
import { editConfiguration } from './edit-configuration.ts'
import { findConfiguration } from './flags.queries.ts'
import { describeEdit } from './sentences.ts'

/** From which environment to which. */
export interface CopyPlace {
  project: string
  flag: string
  environment: string
  from: string
}

/** What a copy would change: to be looked at before it is made, from the version that the ETag names. Throws NOT_FOUND. */
export async function compareEnvironments(db: Db, place: CopyPlace) {
  const { source, target, version } = await readBoth(db, place)
  return {
    from: place.from,
    etag: etagOf(version),
    sentence: describeEdit(place.flag, place.environment, target, source),
    difference: differenceBetween(source, target),
  }
}

/**
 * Serves in one environment what is served in another, by the same road as every edit: version, reason, approval and
 * history. Whether a flag is killed is never copied. Throws what an edit throws.
 */
export async function copyConfiguration(db: Db, place: CopyPlace & { version: number }, acting: Acting) {
  const { source, target } = await readBoth(db, place)
  // A whole document as a patch would leave fields standing that the source does not have.
  const patch = (mergePatch.generate(target, source) ?? {}) as ConfigurationPatch
  const origin = { action: 'configuration.copy', note: `copied from ${place.from}` }
  return editConfiguration(db, { ...place, patch, origin }, acting)
}

async function readBoth(db: Db, place: CopyPlace): Promise<{ source: Editable; target: Editable; version: number }> {
  const { configuration: source } = await findConfiguration(db, { ...place, environment: place.from })
  const { configuration: target } = await findConfiguration(db, place)
  return { source: editableOf(source), target: editableOf(target), version: target.version }
}
