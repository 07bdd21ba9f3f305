import type { JsonValue } from '@rampart/evaluation'
import { eq } from 'drizzle-orm'
import type { Acting } from '../audit/record-change.ts'
import { flagConfigurations } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { DomainError } from '../http/errors.ts'
import { editableOf } from './configuration.ts'
import { firstConfiguration, insertFlag, writeNewFlag } from './create-flag.ts'
import { findFlag } from './flags.queries.ts'
import type { FlagClone } from './flags.schemas.ts'

/**
 * A new flag with the variants, facts, targets and rules of another. It is off everywhere, like every new flag, and has a
 * salt of its own: who is in 5 % of the one says nothing about the other. Throws what creating a flag throws, and
 * NOT_FOUND. An archived flag can be cloned: that is how one comes back, under another key.
 */
export async function cloneFlag(
  db: Db,
  project: string,
  from: string,
  input: FlagClone,
  acting: Acting,
): Promise<void> {
  const { key, name } = input
  if (key === from) throw new DomainError('KEY_TAKEN', 'A clone needs a key of its own.')
  await writeNewFlag(db, project, key, acting, async (tx) => {
    const source = await findFlag(tx, project, from)
    const { projectId, type, variants, description, owner, tags, kind, lifetimeDays, clientVisible } = source
    const facts = { projectId, type, variants, description, owner, tags, kind, lifetimeDays, clientVisible }
    const flag = await insertFlag(tx, { ...facts, key, salt: key, name: name ?? source.name })
    const rows = await tx.select().from(flagConfigurations).where(eq(flagConfigurations.flagId, source.id))
    const configurations = new Map(rows.map((row) => [row.environmentId, { ...editableOf(row), on: false }]))
    return {
      flag,
      // An environment younger than the source's archiving has no row of it.
      configurationIn: (id) => configurations.get(id) ?? firstConfiguration(variants, rows[0]?.offVariant ?? ''),
      action: 'flag.clone',
      sentence: `cloned ${from} as ${key}, off everywhere`,
      after: { key, type, variants, clonedFrom: from, salt: key } as unknown as JsonValue,
    }
  })
}
