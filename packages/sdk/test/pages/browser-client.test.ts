// The client for pages against the real service: in Chromium, and in Node as a server that renders pages would run it.
import { afterEach, beforeAll, describe, expect, inject, test, vi } from 'vitest'
import { type BrowserClient, type BrowserClientOptions, createBrowserClient } from '../../src/browser/index.ts'
import { admin, configure, createFlag, createKey, kill, ramp, restore } from '../live/given.ts'

const url = inject('serviceUrl')
let clientKey: string
const clients: BrowserClient[] = []
const name = `pages-${crypto.getRandomValues(new Uint32Array(1))[0]}`

/** Storage that forgets with its test. */
function storage(): { getItem(key: string): string | null; setItem(key: string, value: string): void; size(): number } {
  const kept = new Map<string, string>()
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    size: () => kept.size,
  }
}

function open(options: Partial<BrowserClientOptions> = {}): BrowserClient {
  const client = createBrowserClient({ url, clientKey, storage: storage(), onWarning: () => {}, ...options })
  clients.push(client)
  return client
}

/** Resolves when the client has heard of a change of this flag. */
function changeOf(client: BrowserClient, flag: string): Promise<void> {
  return new Promise((resolve) => {
    const stop = client.onChange(({ flags }) => {
      if (!flags.includes(flag)) return
      stop()
      resolve()
    })
  })
}

const streaming = (client: BrowserClient) => vi.waitFor(() => expect(client.status().state).toBe('streaming'), 10_000)

beforeAll(async () => {
  clientKey = await createKey('client')
  await createFlag(`${name}-a`)
  await ramp(`${name}-a`, 100_000)
  await createFlag(`${name}-color`, {
    type: 'string',
    offVariant: 'grey',
    variants: [
      { name: 'grey', value: '#888' },
      { name: 'red', value: '#f00' },
    ],
  })
  const split = [{ variant: 'red', weight: 100_000 }]
  await configure(`${name}-color`, { on: true, defaultServe: { rollout: { weight: 100_000, split } } })
  await createFlag(`${name}-device`)
  await ramp(`${name}-device`, 50_000, { bucketBy: 'deviceId' })
  await createFlag(`${name}-hidden`, { clientVisible: false })
  await ramp(`${name}-hidden`, 100_000)
})

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()))
})

describe('a client in a page', () => {
  test('answers from memory with what the service evaluated for its visitor', async () => {
    const client = open({ context: { targetingKey: 'ann' } })
    expect(client.isEnabled(`${name}-a`, true)).toBe(true)
    expect(await client.ready()).toMatchObject({ source: 'service', problem: undefined })
    expect(client.isEnabled(`${name}-a`)).toBe(true)
    expect(client.value(`${name}-color`, 'none')).toBe('#f00')
    expect(client.variant(`${name}-color`)).toBe('red')
    expect(client.isEnabled(`${name}-color`)).toBe(true)
    expect(client.value(`${name}-color`, 7)).toBe(7)
    expect(client.isEnabled(`${name}-hidden`)).toBe(false)
    expect(Object.keys(client.allFlags())).not.toContain(`${name}-hidden`)
    expect(client.explain(`${name}-color`)).toMatchObject({ variant: 'red', reason: 'SPLIT', source: 'service' })
    expect(client.explain('constructor')).toEqual({
      flag: 'constructor',
      source: 'service',
      revision: expect.any(Number),
    })
  })

  test('hears of a ramp, a kill and a restore by itself', async () => {
    const kept = storage()
    const client = open({ storage: kept, context: { targetingKey: 'ann' } })
    await client.ready()
    await streaming(client)
    let changed = changeOf(client, `${name}-a`)
    await kill(`${name}-a`)
    await changed
    expect(client.isEnabled(`${name}-a`, true)).toBe(false)
    expect(client.explain(`${name}-a`)).toMatchObject({ reason: 'DISABLED', variant: 'off' })
    const later = open({ storage: kept, context: { targetingKey: 'ann' }, url: 'http://127.0.0.1:9' })
    expect(later.isEnabled(`${name}-a`, true)).toBe(false)
    changed = changeOf(client, `${name}-a`)
    await restore(`${name}-a`)
    await changed
    expect(client.isEnabled(`${name}-a`)).toBe(true)
  })

  test('counts its use, once', async () => {
    const flag = `${name}-counted`
    await createFlag(flag)
    await ramp(flag, 100_000)
    const client = open({ context: { targetingKey: 'ann' } })
    await vi.waitFor(async () => {
      await client.identify({ targetingKey: 'ann' })
      expect(client.explain(flag).variant).toBe('on')
    }, 10_000)
    for (let time = 0; time < 5; time++) client.isEnabled(flag)
    client.allFlags()
    await client.flush()
    await client.flush()
    expect((await admin('GET', `/flags/${flag}/environments/production/exposures`)).total).toBe(5)
  })

  test('keeps who signs in where the device put them, and never moves them back', async () => {
    for (let visitor = 0; visitor < 5; visitor++) {
      const client = open()
      await client.ready()
      const asVisitor = client.variant(`${name}-device`)
      await client.identify({ targetingKey: `user-${visitor}`, plan: 'pro' })
      expect(client.variant(`${name}-device`)).toBe(asVisitor)
      expect(client.explain(`${name}-device`).errorCode).toBe(undefined)
    }
  })

  test('shows nobody what belongs to somebody else', async () => {
    const flag = `${name}-staff`
    await createFlag(flag)
    const conditions = [{ attribute: 'staff', op: 'in', values: [true] }]
    await configure(flag, { on: true, rules: [{ id: 'staff', conditions, serve: { variant: 'on' } }] })
    const shared = storage()
    const client = open({ storage: shared, context: { targetingKey: 'boss', staff: true } })
    await vi.waitFor(async () => {
      await client.identify({ targetingKey: 'boss', staff: true })
      expect(client.isEnabled(flag)).toBe(true)
    }, 10_000)
    const identified = client.identify({ targetingKey: 'guest' })
    expect(client.isEnabled(flag)).toBe(false)
    expect(client.explain(flag).source).toBe('default')
    await identified
    expect(client.explain(flag).variant).toBe('off')
    // What is kept in the browser is found by nobody but the same visitor.
    const away = { url: 'http://127.0.0.1:9', storage: shared }
    expect(open({ ...away, context: { targetingKey: 'boss', staff: true } }).isEnabled(flag)).toBe(true)
    expect(open({ ...away, context: { targetingKey: 'boss', staff: false } }).isEnabled(flag)).toBe(false)
  })

  test('serves what it last knew while the service is away, and a bootstrap before it has answered', async () => {
    const kept = storage()
    const client = open({ storage: kept, context: { targetingKey: 'ann' } })
    await client.ready()
    const away = open({ storage: kept, context: { targetingKey: 'ann' }, url: 'http://127.0.0.1:9' })
    expect(away.value(`${name}-color`, 'none')).toBe('#f00')
    expect(away.status()).toMatchObject({ source: 'storage', revision: 0 })
    const bootstrap = { [`${name}-color`]: { value: '#00f', variant: 'blue', reason: 'STATIC', allocation: 1 } }
    const fresh = open({ bootstrap, context: { targetingKey: 'ann' } })
    expect(fresh.value(`${name}-color`, 'none')).toBe('#00f')
    await fresh.ready()
    expect(fresh.value(`${name}-color`, 'none')).toBe('#f00')
  })

  test('does without storage where it is refused', async () => {
    const refuse = () => {
      throw new DOMException('no', 'SecurityError')
    }
    const client = open({ storage: { getItem: refuse, setItem: refuse }, context: { targetingKey: 'ann' } })
    await client.ready()
    expect(client.value(`${name}-color`, 'none')).toBe('#f00')
    expect((await open({ storage: null }).ready()).source).toBe('service')
  })

  test('says what is wrong with its key, and goes on with what it has', async () => {
    const warnings: string[] = []
    const client = open({ clientKey: 'rpc_wrong', onWarning: (message) => warnings.push(message) })
    expect(await client.ready()).toMatchObject({ source: 'default', state: 'refused' })
    expect(warnings.join()).toMatch(/401/)
    expect(warnings.join()).not.toContain('rpc_wrong')
    expect(() => open({ clientKey: 'rps_server' })).toThrow(/rpc_/)
    expect(() => open({ url: 'flags.example.com' })).toThrow(/https/)
  })

  test('a listener that throws, and a context that is no JSON, harm nothing', async () => {
    const client = open({ context: { targetingKey: 'ann' } })
    client.onChange(() => {
      throw new Error('no')
    })
    await client.ready()
    const loop: Record<string, unknown> = { targetingKey: 'ann' }
    loop['self'] = loop
    await client.identify(loop)
    expect(client.value(`${name}-color`, 'none')).toBe('#f00')
  })
})
