// Rows that somebody wrote behind the API. One of them harms no other flag, and never the process.
import { and, eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { environments, flagConfigurations, flags } from '../../src/db/schema/index.ts'
import { startTestServer, type TestServer } from '../harness.ts'
import { call, configurationPath, createFlag, createSdkKey, eventually, ramp } from './given.ts'

describe('a row written behind the API (Postgres only)', () => {
  let server: TestServer
  let key: string
  beforeAll(async () => {
    server = await startTestServer({}, { pollMs: 50 })
    key = (await createSdkKey(server)).key
    await createFlag(server, 'good')
  })
  afterAll(() => server?.close())

  const snapshot = async () =>
    (await fetch(`${server.url}/sdk/v1/snapshot`, { headers: { authorization: `Bearer ${key}` } })).text()
  const problems = async () =>
    ((await (await fetch(`${server.url}/health/ready`)).json()) as { problems: string[] }).problems

  it.each([
    ['null', 'rules', `'null'::jsonb`],
    ['a number', 'default_serve', `'5'::jsonb`],
    ['text', 'targets', `'"everybody"'::jsonb`],
    ['a list with null in it', 'rules', `'[null]'::jsonb`],
    ['a weight of 7 million', 'default_serve', `'{"rollout": {"weight": 7000000, "split": []}}'::jsonb`],
    [
      '50 MB',
      'rules',
      `jsonb_build_array(jsonb_build_object('id', 'r', 'conditions', '[]'::jsonb, 'serve',
       '{"variant": "off"}'::jsonb, 'ballast', repeat('x', 50000000)))`,
    ],
  ])('that is %s in %s is set aside and its last good state served', async (what, column, value) => {
    const flag = `spoilt-${what.length}-${column.replace('_', '-')}`
    await createFlag(server, flag)
    await ramp(server, flag, 5000)
    const patched = () =>
      snapshot().then((text) => text.split('\n').find((line) => line.includes(`"key":"${flag}"`)) ?? '')
    await eventually(patched, (line) => line.includes('"weight":5000'))
    const environment = await server.store.db.query.environments.findFirst({
      where: eq(environments.key, 'production'),
    })
    const row = await server.store.db.query.flags.findFirst({ where: eq(flags.key, flag) })
    await server.store.db.transaction(async (tx) => {
      const revision = (environment?.revision ?? 0) + 1
      await tx
        .update(environments)
        .set({ revision })
        .where(eq(environments.id, environment?.id ?? ''))
      await tx
        .update(flagConfigurations)
        .set({ revision })
        .where(
          and(
            eq(flagConfigurations.flagId, row?.id ?? ''),
            eq(flagConfigurations.environmentId, environment?.id ?? ''),
          ),
        )
      await tx.execute(
        sql.raw(`update flag_configurations set ${column} = ${value}
          where flag_id = '${row?.id}' and environment_id = '${environment?.id}'`),
      )
    })
    await eventually(problems, (found) => found.some((problem) => /cannot be read/.test(problem)))
    expect(await patched()).toContain('"weight":5000')
    await ramp(server, 'good', 1000 + what.length)
    await eventually(snapshot, (text) => text.includes(`"weight":${1000 + what.length}`))
    // Saving the flag again mends it, and a kill is obeyed before that.
    await call(server, 'POST', `${configurationPath(flag)}/kill`, {})
    await eventually(patched, (line) => line.includes('"killed":true'))
    await server.store.db.execute(
      sql.raw(`update flag_configurations set rules = '[]', targets = '[]',
        default_serve = '{"variant": "off"}' where flag_id = '${row?.id}'`),
    )
    await call(server, 'POST', `${configurationPath(flag)}/restore`, {})
    await eventually(problems, (found) => found.length === 0)
  })
})
