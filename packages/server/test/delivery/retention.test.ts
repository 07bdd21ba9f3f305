import { sql } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { killDeliveries, telemetryCursors } from '../../src/db/schema/index.ts'
import { forgetOldDeliveries } from '../../src/delivery/kill-deliveries.ts'
import { forgetOldCursors } from '../../src/telemetry/record-batches.ts'
import { createTestApp, describeOnBothStores } from '../harness.ts'

describeOnBothStores('what nobody asks for any more', (kind) => {
  it('is deleted: deliveries after 7 days, cursors after 30', async () => {
    const app = await createTestApp(kind)
    const { db } = app.store
    const environment = await db.query.environments.findFirst()
    const environmentId = environment?.id ?? ''
    const daysAgo = (days: number) => sql`now() - make_interval(days => ${days})`
    await db.insert(killDeliveries).values([
      { environmentId, revision: 1, instance: 'old', at: daysAgo(8) },
      { environmentId, revision: 1, instance: 'young', at: daysAgo(6) },
    ])
    await db.insert(telemetryCursors).values([
      { environmentId, instance: 'old', seq: 1, updatedAt: daysAgo(31) },
      { environmentId, instance: 'young', seq: 1, updatedAt: daysAgo(29) },
    ])
    await forgetOldDeliveries(db)
    await forgetOldCursors(db)
    expect((await db.query.killDeliveries.findMany()).map((row) => row.instance)).toEqual(['young'])
    expect((await db.query.telemetryCursors.findMany()).map((row) => row.instance)).toEqual(['young'])
    await app.close()
  })
})
