import { sql } from 'drizzle-orm'
import { ulid } from 'ulid'
import { environments } from '../db/schema/index.ts'
import { type Db, NOTIFY_CHANNEL } from '../db/store.ts'

/**
 * Begins a new history in every environment and returns how many there are. Needed when a database went back to an
 * earlier state: revisions compare only within one epoch, and SDKs that have seen later ones would otherwise ignore
 * everything to come.
 */
export async function startNewEpochs(db: Db): Promise<number> {
  return db.transaction(async (tx) => {
    const rows = await tx
      .update(environments)
      .set({ epoch: ulid() })
      .returning({ id: environments.id, revision: environments.revision })
    for (const { id, revision } of rows) {
      await tx.execute(sql`select pg_notify(${NOTIFY_CHANNEL}, ${`${id}:${revision}`})`)
    }
    return rows.length
  })
}
