// Two real server processes over one Postgres behave as one.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase } from '../harness.ts'
import { startProcess } from '../server-process.ts'
import { type Api, call, configurationPath, createFlag, createSdkKey, eventually, ramp } from './given.ts'
import { openSse } from './sse-client.ts'

const TOKEN = 'a-token-for-two-replicas'

interface Replica extends Api {
  url: string
  stop(signal: NodeJS.Signals): Promise<number | null>
}

async function startReplica(databaseUrl: string): Promise<Replica> {
  const server = await startProcess({ DATABASE_URL: databaseUrl, RAMPART_ADMIN_TOKEN: TOKEN })
  return {
    url: server.url,
    stop: server.stop,
    api: (method, path, body, headers = {}) =>
      fetch(server.url + path, {
        method,
        headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json', ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
  }
}

describe('two replicas (Postgres only)', () => {
  let one: Replica
  let two: Replica
  let key: { id: string; key: string }

  beforeAll(async () => {
    const databaseUrl = await createTestDatabase()
    // Started together: whoever comes second waits for the first one's migration.
    const started = await Promise.all([startReplica(databaseUrl), startReplica(databaseUrl)])
    one = started[0]
    two = started[1]
    key = await createSdkKey(one)
    await createFlag(one, 'checkout')
  })
  afterAll(async () => {
    await one?.stop('SIGTERM')
  })

  const follow = (replica: Replica, instance: string) =>
    openSse(`${replica.url}/sdk/v1/stream`, key.key, { instance, name: instance })

  const confirm = (replica: Replica, instance: string, revision: number) =>
    fetch(`${replica.url}/sdk/v1/receipts`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ instance, receipts: [{ flag: 'checkout', revision }] }),
    })

  it('a change through one reaches the streams of the other', async () => {
    const client = await follow(two, 'reader')
    await client.until('reset')
    await ramp(one, 'checkout', 2500)
    const { data } = await eventually(
      () => client.until('patch'),
      (patch) => JSON.stringify(patch.data['flags']).includes('"weight":2500'),
    )
    expect(data['flags']).toMatchObject([{ key: 'checkout', on: true }])
    client.close()
  })

  it('a kill through one reaches the streams of both, and receipts through either count once', async () => {
    const clients = [await follow(one, 'at-one'), await follow(two, 'at-two')]
    for (const client of clients) await client.until('reset')
    const { revision } = await call(one, 'POST', `${configurationPath('checkout')}/kill`, { reason: 'errors' })
    for (const client of clients) expect(await client.until('kill')).toMatchObject({ data: { revision } })

    // Each confirms at the replica that does not hold its stream, one of them at both.
    for (const response of [
      await confirm(two, 'at-one', revision),
      await confirm(one, 'at-two', revision),
      await confirm(two, 'at-two', revision),
    ]) {
      expect(response.status).toBe(202)
    }
    for (const replica of [one, two]) {
      const { delivery } = await eventually(
        () => call(replica, 'GET', `${configurationPath('checkout')}/kill`),
        (answer) => answer.delivery.confirmed >= 2 && answer.delivery.streams >= 2,
      )
      expect(delivery).toMatchObject({ streams: 2, sent: 2, confirmed: 2, lagging: [] })
    }
    for (const client of clients) client.close()
  })

  it('telemetry through either is counted once', async () => {
    const send = (replica: Replica) =>
      fetch(`${replica.url}/sdk/v1/telemetry`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key.key}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          instance: 'counter',
          seq: 1,
          sdk: { name: 'n', version: '1' },
          spanMs: 1000,
          exposures: [{ flag: 'checkout', variant: 'on', allocation: 1, count: 7 }],
        }),
      })
    const answers = await Promise.all([send(one), send(two)])
    const duplicates = await Promise.all(
      answers.map(async (answer) => ((await answer.json()) as { duplicate: boolean }).duplicate),
    )
    expect(duplicates.sort()).toEqual([false, true])
    const { total } = await call(two, 'GET', `${configurationPath('checkout')}/exposures`)
    expect(total).toBe(7)
  })

  it('a key revoked at one closes its streams at the other', async () => {
    const other = await createSdkKey(one)
    const client = await openSse(`${two.url}/sdk/v1/stream`, other.key)
    await client.until('reset')
    const path = `/api/v1/projects/default/environments/production/sdk-keys/${other.id}`
    expect((await one.api('DELETE', path)).status).toBe(204)
    await client.closed
  })

  it('one that stops sends its streams away and leaves the other alone', async () => {
    const leaving = await follow(two, 'leaving')
    const staying = await follow(one, 'staying')
    await leaving.until('reset')
    await staying.until('reset')
    expect(await two.stop('SIGTERM')).toBe(0)
    await leaving.closed
    expect(leaving.text()).toContain(': goodbye')
    await ramp(one, 'checkout', 3000)
    await staying.until('patch')
    staying.close()
  })
})
