import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { OpenFeature, ProviderEvents } from '@openfeature/server-sdk'
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest'
import { RampartProvider, type RampartProviderOptions } from '../../src/openfeature/server.ts'
import { admin, createFlag, createKey, kill, ramp } from '../live/given.ts'
import { createTestFlags } from './given-flags.ts'
import { runScenarios } from './scenarios.ts'
import { stepsFor, type World } from './steps.ts'

let sdkKey: string
let silence: Server
let silentUrl: string
let domains = 0

beforeAll(async () => {
  sdkKey = await createKey('server')
  await createTestFlags()
  silence = createServer(() => {})
  await new Promise<void>((resolve) => silence.listen(0, '127.0.0.1', resolve))
  silentUrl = `http://127.0.0.1:${(silence.address() as AddressInfo).port}`
})

afterAll(async () => {
  await OpenFeature.close()
  silence.closeAllConnections()
  silence.close()
})

async function open(options: Partial<RampartProviderOptions>, isAwaited = true) {
  const domain = `server-${++domains}`
  const provider = new RampartProvider({ url: inject('serviceUrl'), sdkKey, onWarning: () => {}, ...options })
  onTestFinished(() => provider.onClose())
  if (isAwaited) await OpenFeature.setProviderAndWait(domain, provider).catch(() => undefined)
  else OpenFeature.setProvider(domain, provider)
  return { client: OpenFeature.getClient(domain), provider }
}

const bootstrap = { epoch: '0', revision: 1, project: 'p', environment: 'e', flags: [], segments: [] }

const STATES = {
  stable: () => open({}),
  'not ready': () => open({ url: silentUrl }, false),
  error: () => open({ url: 'http://127.0.0.1:9', readyTimeoutMs: 50 }),
  fatal: () => open({ sdkKey: 'rps_wrong' }),
  stale: () => open({ url: 'http://127.0.0.1:9', sdkKey: 'rps_stale', bootstrap, readyTimeoutMs: 50 }),
}

runScenarios(
  'the provider for servers',
  () =>
    stepsFor(async (status): Promise<World> => {
      const { client } = await STATES[status]()
      return {
        status: () => client.providerStatus,
        async evaluate(type, key, fallback, context, hooks) {
          if (type === 'Boolean') return client.getBooleanDetails(key, fallback as boolean, context, { hooks })
          if (type === 'String') return client.getStringDetails(key, fallback as string, context, { hooks })
          if (type === 'Object') return client.getObjectDetails(key, fallback as object as never, context, { hooks })
          return client.getNumberDetails(key, fallback as number, context, { hooks })
        },
      }
    }),
  {
    '@reason-codes-cached': 'every answer is computed from memory, none is cached',
    '@metadata': 'flags have no metadata of their own; ours is tested below',
  },
)

describe('the provider for servers', () => {
  test('says what was decided and from what', async () => {
    await createFlag('of-metadata')
    await ramp('of-metadata', 50_000)
    const { client } = await open({})
    const details = () => client.getBooleanDetails('of-metadata', false, { targetingKey: 'ann' })
    await expect.poll(async () => (await details()).reason).toBe('SPLIT')
    expect((await details()).flagMetadata).toEqual({
      flagSetId: 'default/production',
      version: expect.stringMatching(/^\d+$/),
      source: expect.stringMatching(/stream|poll/),
      weight: 50_000,
      bucket: expect.any(Number),
    })
    expect(await client.getBooleanDetails('of-metadata', true, {})).toMatchObject({
      value: true,
      errorCode: 'TARGETING_KEY_MISSING',
    })
    expect(await client.getBooleanDetails('of-metadata', true, { key: 'ann' })).toMatchObject({
      errorCode: 'TARGETING_KEY_MISSING',
    })
  })

  test('hears of a kill, names the flag, and counts what it answered', async () => {
    await createFlag('of-kill')
    await ramp('of-kill', 100_000)
    const { client, provider } = await open({})
    await expect.poll(() => client.getBooleanValue('of-kill', false, { targetingKey: 'ann' })).toBe(true)
    const changed = new Promise<readonly string[]>((resolve) => {
      client.addHandler(ProviderEvents.ConfigurationChanged, (event) => resolve(event?.flagsChanged ?? []))
    })
    await kill('of-kill')
    expect(await changed).toContain('of-kill')
    expect(await client.getBooleanDetails('of-kill', true, { targetingKey: 'ann' })).toMatchObject({
      value: false,
      reason: 'DISABLED',
      flagMetadata: { killed: true },
    })
    await provider.client?.flush()
    const { total } = await admin('GET', '/flags/of-kill/environments/production/exposures')
    expect(total).toBeGreaterThanOrEqual(2)
  })

  test('tracks', async () => {
    const sent: string[] = []
    const { client, provider } = await open({
      sdkKey: await createKey('server'),
      fetch(input, init) {
        if (String(input).endsWith('/telemetry')) sent.push(String(init?.body))
        return fetch(input, init)
      },
    })
    client.track('checkout', { targetingKey: 'ann' }, { value: 99.5, currency: 'CHF' })
    client.track('checkout')
    await provider.client?.flush()
    expect(sent.flatMap((body) => JSON.parse(body).metrics ?? [])).toMatchObject([
      { metric: 'checkout', count: 2, sum: 100.5 },
    ])
  })

  test('wrong options are fatal, in words', async () => {
    const provider = new RampartProvider({ url: 'nonsense', sdkKey: 'rps_x' })
    await expect(OpenFeature.setProviderAndWait('wrong', provider)).rejects.toThrow(/address of the service/)
    expect(OpenFeature.getClient('wrong').providerStatus).toBe('FATAL')
  })

  test('is ready again when the service comes back', async () => {
    const { client } = await open({
      url: silentUrl,
      name: 'back',
      bootstrap,
      readyTimeoutMs: 50,
      sdkKey: await createKey('server'),
    })
    silence.closeAllConnections()
    await expect.poll(() => client.providerStatus, { timeout: 5_000 }).toBe('STALE')
    const ready = new Promise((resolve) => client.addHandler(ProviderEvents.Ready, resolve))
    silence.removeAllListeners('request')
    silence.on('request', async (request, response) => {
      const { method = 'GET', headers, url } = request
      const answer = await fetch(inject('serviceUrl') + url, {
        method,
        headers: { authorization: headers.authorization ?? '' },
      })
      response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' })
      for await (const chunk of answer.body ?? []) response.write(chunk)
      response.end()
    })
    await ready
    expect(client.providerStatus).toBe('READY')
  })
})
