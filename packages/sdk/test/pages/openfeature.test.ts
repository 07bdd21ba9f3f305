// OpenFeature in a page, with our provider, against the real service.
import { OpenFeature, ProviderEvents } from '@openfeature/web-sdk'
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest'
import { RampartWebProvider, type RampartWebProviderOptions } from '../../src/openfeature/web.ts'
import { createFlag, createKey, kill, ramp } from '../live/given.ts'
import { createTestFlags } from '../openfeature/given-flags.ts'
import { runScenarios } from '../openfeature/scenarios.ts'
import { stepsFor, type World } from '../openfeature/steps.ts'

let clientKey: string
let domains = 0

beforeAll(async () => {
  clientKey = await createKey('client')
  await createTestFlags()
})

afterAll(() => OpenFeature.close())

async function open(options: Partial<RampartWebProviderOptions>, isAwaited = true) {
  const domain = `web-${++domains}`
  const url = inject('serviceUrl')
  const provider = new RampartWebProvider({ url, clientKey, storage: null, onWarning: () => {}, ...options })
  // A browser has six connections to a host that speaks HTTP/1.1, and each of these holds one.
  onTestFinished(() => provider.onClose())
  if (isAwaited) await OpenFeature.setProviderAndWait(domain, provider).catch(() => undefined)
  else OpenFeature.setProvider(domain, provider)
  return { client: OpenFeature.getClient(domain), domain, provider }
}

const silent: typeof fetch = () => new Promise(() => {})
const away: typeof fetch = () => Promise.reject(new TypeError('no network'))
const bootstrap = { a: { value: true, variant: 'on', reason: 'STATIC', allocation: 1 } }

const STATES = {
  stable: () => open({}),
  'not ready': () => open({ fetch: silent }, false),
  error: () => open({ fetch: away, readyTimeoutMs: 50 }),
  fatal: () => open({ clientKey: 'rpc_wrong' }),
  stale: () => open({ fetch: away, bootstrap, readyTimeoutMs: 50 }),
}

runScenarios(
  'the provider for pages',
  () =>
    stepsFor(async (status): Promise<World> => {
      const { client, domain } = await STATES[status]()
      return {
        status: () => client.providerStatus,
        async evaluate(type, key, fallback, context, hooks) {
          if (Object.keys(context).length > 0) await OpenFeature.setContext(domain, context)
          if (type === 'Boolean') return client.getBooleanDetails(key, fallback as boolean, { hooks })
          if (type === 'String') return client.getStringDetails(key, fallback as string, { hooks })
          if (type === 'Object') return client.getObjectDetails(key, fallback as object as never, { hooks })
          return client.getNumberDetails(key, fallback as number, { hooks })
        },
      }
    }),
  {
    '@reason-codes-cached': 'what the service evaluated keeps its reason',
    '@metadata': 'flags have no metadata of their own',
  },
)

describe('the provider for pages', () => {
  const flag = `of-page-${crypto.getRandomValues(new Uint32Array(1))[0]}`

  test('follows a kill, and the context', async () => {
    await createFlag(flag)
    await ramp(flag, 100_000)
    const { client, domain, provider } = await open({})
    await expect
      .poll(async () => {
        await OpenFeature.setContext(domain, { targetingKey: 'ann' })
        return client.getBooleanValue(flag, false)
      })
      .toBe(true)
    const changed = new Promise<readonly string[]>((resolve) => {
      client.addHandler(ProviderEvents.ConfigurationChanged, (event) => resolve(event?.flagsChanged ?? []))
    })
    await expect.poll(() => provider.client?.status().state).toBe('streaming')
    await kill(flag)
    expect(await changed).toEqual([flag])
    expect(client.getBooleanDetails(flag, true)).toMatchObject({ value: false, reason: 'DISABLED', variant: 'off' })
    client.track('checkout', { value: 12 })
    await provider.client?.flush()
  })
})
