// This version beside a later one over the same database: whatever the later one adds, this one goes on.
import { createClient } from '@rampart/sdk'
import postgres from 'postgres'
import { afterEach, describe, expect, it } from 'vitest'
import { migratePostgres } from '../src/db/migrate.ts'
import { call, configurationPath, createFlag, createSdkKey, eventually, FLAGS, ramp } from './delivery/given.ts'
import { openSse } from './delivery/sse-client.ts'
import { createTestDatabase, startTestServer } from './harness.ts'

describe('a rolling upgrade (Postgres only)', () => {
  const undo: (() => unknown)[] = []
  afterEach(async () => {
    for (const step of undo.splice(0).toReversed()) await step()
  })

  it('may add columns, tables, fields, ways and words: this version serves, edits, kills and starts again', async () => {
    const server = await startTestServer()
    undo.push(() => server.close())
    const { key } = await createSdkKey(server)
    await createFlag(server, 'checkout')
    await createFlag(server, 'other')
    await ramp(server, 'checkout', 100_000)
    const client = createClient({ url: server.url, sdkKey: key })
    undo.push(() => client.close())
    await client.ready({ timeoutMs: 10_000 })
    const stream = await openSse(`${server.url}/sdk/v1/stream`, key)
    undo.push(() => stream.close())
    await stream.until('reset')

    const later = postgres(server.databaseUrl, { max: 1, onnotice: () => {} })
    undo.push(() => later.end())
    await later.unsafe(`
      create table holidays (id int primary key, name text not null);
      alter table flags add column shape text not null default 'round';
      alter table flag_configurations add column weather jsonb not null default '{}';
      alter table environments add column mood text not null default 'good';
      alter table sdk_keys add column colour text not null default 'red';
      alter table audit_entries add column place text;
      insert into drizzle.__drizzle_migrations (hash, created_at) values ('a later one', 9999999999999)`)
    await later.begin(async (tx) => {
      const [row] =
        await tx`update environments set revision = revision + 1 where key = 'production' returning id, revision`
      const rule = {
        id: 'later',
        mood: 'unknown field',
        conditions: [{ op: 'in', attribute: 'sky', values: ['cloudy'], since: 'unknown' }],
        serve: { variant: 'off', until: 'unknown' },
      }
      const moonlit = { id: 'moon', conditions: [{ op: 'moon-phase', values: ['full'] }], serve: { variant: 'on' } }
      for (const [flag, rules] of [
        ['checkout', [rule]],
        ['other', [moonlit]],
      ] as const) {
        await tx`update flag_configurations set revision = ${row?.['revision']}, rules = ${tx.json(rules)}, "on" = true
          where environment_id = ${row?.['id']} and flag_id = (select id from flags where key = ${flag})`
      }
      await tx`select pg_notify('rampart', ${`moved:${row?.['id']}:${row?.['revision']}:x:y`})`
      await tx`select pg_notify('rampart', ${`${row?.['id']}:${row?.['revision']}`})`
    })

    const { data } = await stream.until('patch')
    expect(data['flags']).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ rules: [expect.objectContaining({ mood: 'unknown field' })] }),
      ]),
    )
    await eventually(
      async () => client.explain('checkout', 'ann').revision,
      (revision) => revision === data['to'],
    )
    // Unknown fields are passed over; an unknown operator is that flag's own misfortune, and says so.
    expect(client.isEnabled('checkout', { key: 'ann', sky: 'clear' })).toBe(true)
    expect(client.isEnabled('checkout', { key: 'ann', sky: 'cloudy' })).toBe(false)
    expect(client.explain('other', 'ann')).toMatchObject({ value: false, errorCode: 'PARSE_ERROR' })

    expect((await call(server, 'GET', FLAGS)).flags).toHaveLength(2)
    await createFlag(server, 'third')
    await ramp(server, 'third', 1000)
    await call(server, 'POST', `${configurationPath('checkout')}/kill`, {})
    await eventually(
      async () => client.isEnabled('checkout', 'ann'),
      (enabled) => !enabled,
    )
    await createSdkKey(server)
    await later`update audit_entries set via = 'carrier pigeon' where seq = 1`
    await call(server, 'GET', '/api/v1/projects/default/audit')

    const again = await startTestServer({ databaseUrl: server.databaseUrl, adminToken: server.token })
    undo.push(() => again.close())
    expect((await call(again, 'GET', FLAGS)).flags).toHaveLength(3)
  })

  it('that cannot lock a table fails within its limit instead of holding everybody up', async () => {
    const url = await createTestDatabase()
    const holder = postgres(url, { max: 1, onnotice: () => {} })
    undo.push(() => holder.end())
    await holder.begin(async (tx) => {
      await tx`lock table drizzle.__drizzle_migrations in access exclusive mode`
      await expect(migratePostgres(url, 300)).rejects.toMatchObject({ cause: { code: '55P03' } })
    })
    await migratePostgres(url, 300)
  })
})
