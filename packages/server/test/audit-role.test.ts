import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, startTestServer, type TestServer } from './harness.ts'

const project = '/api/v1/projects/default'
const at = `${project}/flags/a/environments/production`

/** What docs/operating.md tells people to run as the owner of the tables. */
const GRANTS = `
  grant usage, create on schema public, drizzle to ROLE;
  grant select, insert, update, delete on all tables in schema public, drizzle to ROLE;
  grant usage on all sequences in schema public, drizzle to ROLE;
  revoke update, delete, truncate on audit_entries from ROLE;`

describe('a database role that may add to the history and nothing else (Postgres only)', () => {
  let server: TestServer
  let sql: postgres.Sql
  beforeAll(async () => {
    const url = new URL(await createTestDatabase())
    const database = url.pathname.slice(1)
    const role = `app_${database}`
    const owner = postgres(url.href, { max: 1, onnotice: () => {} })
    await owner.unsafe(`create role ${role} login password 'secret'`)
    await owner.unsafe(`grant create on database ${database} to ${role}; ${GRANTS.replaceAll('ROLE', role)}`)
    await owner.end()
    url.username = role
    url.password = 'secret'
    server = await startTestServer({ databaseUrl: url.href })
    sql = postgres(url.href, { max: 1, onnotice: () => {} })
  })
  afterAll(async () => {
    await sql?.end()
    await server?.close()
  })

  it('is enough for everything', async () => {
    const { api } = server
    expect((await api('POST', `${project}/flags`, { key: 'a' })).status).toBe(201)
    expect((await api('PATCH', at, { on: true }, { 'if-match': '"v1"' })).status).toBe(200)
    expect((await api('POST', `${at}/kill`, {})).status).toBe(200)
    expect((await api('POST', `${at}/restore`, {})).status).toBe(200)
    expect((await api('POST', `${at}/versions/1/restore`, {}, { 'if-match': '"v2"' })).status).toBe(200)
    expect(await (await api('GET', `${project}/audit/check`)).json()).toMatchObject({ intact: true, entries: 5 })
  })

  it.each([`update audit_entries set reason = 'x'`, 'delete from audit_entries', 'truncate audit_entries cascade'])(
    'is refused: %s',
    async (statement) => {
      await expect(sql.unsafe(statement)).rejects.toThrow(/permission denied/)
    },
  )
})
