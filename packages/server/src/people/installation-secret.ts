import { randomBytes } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { installationValues } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'

const NAME = 'secret'

/**
 * What signs cookies and encrypts second factors: RAMPART_SECRET, or else a value that the first replica writes into
 * the database for all of them. Then whoever reads the database can also decrypt what is in it.
 */
export async function installationSecret(db: Db, chosen: string | undefined): Promise<string> {
  if (chosen) return chosen
  await db
    .insert(installationValues)
    .values({ name: NAME, value: randomBytes(32).toString('base64url') })
    .onConflictDoNothing()
  const [row] = await db.select().from(installationValues).where(eq(installationValues.name, NAME))
  if (!row) throw new Error('The secret of this installation was not written.')
  return row.value
}
