import { sql } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { killDeliveries, telemetryCursors } from '../../src/db/schema/index.ts'
import {
  countKillDelivery,
  forgetOldDeliveries,
  recordConfirmed,
  recordLost,
  recordSent,
} from '../../src/delivery/kill-deliveries.ts'
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

describeOnBothStores('the rows of a kill', (kind) => {
  it('are counted once per instance, whichever half came first', async () => {
    const app = await createTestApp(kind)
    const { db } = app.store
    const environmentId = (await db.query.environments.findFirst())?.id ?? ''
    const at = { environmentId, revision: 7 }
    const client = (instance: string) => ({ instance, name: `name of ${instance}`, sdk: 'sdk' })
    await recordConfirmed(db, [
      { ...at, ...client('early'), confirmedMs: 30 },
      { ...at, ...client('early'), confirmedMs: 90 },
    ])
    const many = Array.from({ length: 2500 }, (_, index) => ({ ...client(`many-${index}`), sentMs: 40 }))
    const odd = [
      { ...client('early'), sentMs: 10 },
      { ...client('quote\'s "back\\slash'), sentMs: null },
      { ...client('~anonymous'), sentMs: 20 },
    ]
    await recordSent(db, { ...at, replica: 'one' }, [...many, ...odd])
    await recordConfirmed(
      db,
      many.slice(1).map((row) => ({ ...row, ...at, confirmedMs: 50 })),
    )
    await recordLost(db, environmentId, ['many-0', 'many-1'])
    expect(await countKillDelivery(db, environmentId, 7)).toEqual({
      streams: 2502,
      sent: 2501,
      sentMs: 40,
      confirmed: 2500,
      confirmedMs: 50,
      unconfirmable: 1,
      lagging: [
        { instance: 'name of many-0', sdk: 'sdk', reason: expect.stringMatching(/^stream lost \d+ s ago$/) },
        { instance: 'name of quote\'s "back\\slash', sdk: 'sdk', reason: expect.stringMatching(/^no answer/) },
      ],
    })
    expect(await countKillDelivery(db, environmentId, 8)).toMatchObject({ streams: 0, sentMs: null, lagging: [] })
    await app.close()
  })
})
