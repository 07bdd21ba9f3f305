import { createClient } from '@rampart/sdk'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../harness.ts'
import { call, configurationPath, createFlag, createSdkKey } from './given.ts'
import { openSse } from './sse-client.ts'

const SEGMENTS = '/api/v1/projects/default/segments'

describe('segments in SDKs (Postgres only)', () => {
  let server: TestServer
  let key: string
  beforeAll(async () => {
    server = await startTestServer()
    key = (await createSdkKey(server)).key
    await createFlag(server, 'for-beta')
    await call(server, 'POST', SEGMENTS, { key: 'beta', included: ['ann'] })
    const rules = [{ conditions: [{ op: 'segment', values: ['beta'] }], serve: { variant: 'on' } }]
    await call(server, 'PATCH', configurationPath('for-beta'), { on: true, rules }, { 'if-match': '"v1"' })
  })
  afterAll(() => server?.close())

  it('arrive with the snapshot and follow every change', async () => {
    const client = createClient({ url: server.url, sdkKey: key, onWarning: () => {} })
    await client.ready()
    await expect.poll(() => client.isEnabled('for-beta', 'ann')).toBe(true)
    expect(client.isEnabled('for-beta', 'bob')).toBe(false)
    await expect.poll(() => client.status().state).toBe('streaming')

    await call(server, 'POST', `${SEGMENTS}/beta/keys`, { add: ['bob'], remove: ['ann'] })
    await expect.poll(() => client.isEnabled('for-beta', 'bob')).toBe(true)
    expect(client.isEnabled('for-beta', 'ann')).toBe(false)
    await client.close()
  })

  it('with a long list travel as a difference, and whole to who was away', async () => {
    const included = Array.from({ length: 5_000 }, (_, index) => `user-${index}`)
    await call(server, 'PATCH', `${SEGMENTS}/beta`, { included }, { 'if-match': '"v2"' })
    const client = createClient({ url: server.url, sdkKey: key, onWarning: () => {} })
    await client.ready()
    await expect.poll(() => client.status().state).toBe('streaming')
    await expect.poll(() => client.isEnabled('for-beta', 'user-7')).toBe(true)
    const { revision } = client.status()
    const stream = await openSse(`${server.url}/sdk/v1/stream`, key)
    await stream.until('reset')

    await call(server, 'POST', `${SEGMENTS}/beta/keys`, { add: ['late'], remove: ['user-7'] })
    const { data } = await stream.until('patch')
    expect(data).toMatchObject({
      segments: [],
      segmentDeltas: [{ key: 'beta', add: ['late'], remove: ['user-7'] }],
    })
    await expect.poll(() => client.isEnabled('for-beta', 'late')).toBe(true)
    expect(client.isEnabled('for-beta', 'user-7')).toBe(false)
    expect(client.isEnabled('for-beta', 'user-8')).toBe(true)

    const returning = await openSse(`${server.url}/sdk/v1/stream`, key, { lastEventId: `${data['epoch']}.${revision}` })
    const caughtUp = await returning.until('patch')
    expect(caughtUp.data).toMatchObject({ segments: [{ key: 'beta', included: expect.arrayContaining(['late']) }] })
    stream.close()
    returning.close()
    await client.close()
  })
})
