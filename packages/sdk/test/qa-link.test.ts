// QA links from end to end: the real service signs, the real client checks, real frameworks carry them.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import express, { type Request } from 'express'
import { Hono } from 'hono'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test, vi } from 'vitest'
import { type Client, createClient } from '../src/index.ts'
import { type FlagsEnv, flags as honoFlags } from '../src/middleware/hono.ts'
import { flags as nodeFlags, type WithFlags, withFlags } from '../src/middleware/node.ts'
import { eventually } from './fake-service.ts'
import { admin, createFlag, createKey, kill, restore } from './live/given.ts'

const production = '/flags/qa-checkout/environments/production'

async function makeLink(variant: string, expiresInSeconds = 600): Promise<string> {
  return (await admin('POST', `${production}/qa-links`, { variant, expiresInSeconds })).token
}

function clientWith(sdkKey: string, more = {}): Client {
  return createClient({ url: inject('serviceUrl'), sdkKey, onWarning: () => undefined, ...more })
}

let client: Client

beforeAll(async () => {
  await createFlag('qa-checkout')
  await createFlag('qa-other')
  client = clientWith(await createKey('server'))
  await client.ready()
  await vi.waitUntil(() => client.status().state === 'streaming', { timeout: 10_000 })
})
afterAll(() => client.close())
afterEach(() => vi.useRealTimers())

describe('a client', () => {
  // Before anything else here: it is the first link of the environment, whose key comes through the stream.
  test('follows a link that was made after it connected, for that flag alone', async () => {
    const token = await makeLink('on')
    const linked = await eventually(async () => {
      const found = await client.withLink(token)
      expect(found).toBeDefined()
      return found
    })
    expect(linked?.link).toEqual({ flag: 'qa-checkout', variant: 'on' })
    expect(linked?.isEnabled('qa-checkout', 'ann')).toBe(true)
    expect(linked?.isEnabled('qa-other', 'ann')).toBe(false)
    expect(String(linked?.explain('qa-checkout', 'ann'))).toMatch(
      /^qa-checkout = on \(STATIC; revision \d+ from link\)$/,
    )
    expect(linked?.explain('qa-other', 'ann').source).toBe('stream')
    expect(client.isEnabled('qa-checkout', 'ann')).toBe(false)
  })

  test('a kill is stronger', async () => {
    const linked = await client.withLink(await makeLink('on'))
    await kill('qa-checkout')
    await eventually(() => expect(linked?.isEnabled('qa-checkout', 'ann')).toBe(false))
    expect(linked?.explain('qa-checkout', 'ann')).toMatchObject({ metadata: { killed: true }, source: 'stream' })
    await restore('qa-checkout')
    await eventually(() => expect(linked?.isEnabled('qa-checkout', 'ann')).toBe(true))
  })

  test('counts nothing of what the holder of a link does', async () => {
    const batches: string[] = []
    const counting = clientWith(await createKey('server'), {
      fetch: (url: string, init?: RequestInit) => {
        if (url.endsWith('/telemetry')) batches.push(String(init?.body))
        return fetch(url, init)
      },
    })
    try {
      await counting.ready()
      const linked = await counting.withLink(await makeLink('on'))
      linked?.isEnabled('qa-checkout', 'ann')
      linked?.isEnabled('qa-other', 'ann')
      linked?.track('purchase', 'ann')
      await counting.flush()
      expect(batches).toEqual([])
      counting.isEnabled('qa-other', 'ann')
      await counting.flush()
      expect(batches).toHaveLength(1)
    } finally {
      await counting.close()
    }
  })

  test('refuses what is forged, torn, another environment’s or expired', async () => {
    const token = await makeLink('on', 60)
    const [content = '', signature = ''] = token.split('.')
    const forged = Buffer.from(JSON.stringify({ f: 'qa-checkout', v: 'on', x: 4e9 })).toString('base64url')
    const elsewhere = await admin('POST', '/flags/qa-checkout/environments/staging/qa-links', { variant: 'on' })
    const bad = [
      `${forged}.${signature}`,
      content,
      `${content}.`,
      `.${signature}`,
      `${token}x`,
      '',
      '%%.%%',
      elsewhere.token,
    ]
    const answers = await Promise.all(bad.map((one) => client.withLink(one)))
    expect(answers.filter((answer) => answer !== undefined)).toEqual([])
    expect(answers).toHaveLength(8)
    expect(await client.withLink(token)).toBeDefined()
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 })
    expect(await client.withLink(token)).toBeUndefined()
  })

  test('checks links from its copy on disk while the service is away', async () => {
    const token = await makeLink('on')
    const folder = await mkdtemp(join(tmpdir(), 'qa-link-'))
    try {
      // A key of its own, so that the connection is not the shared one.
      const key = await createKey('server')
      const first = clientWith(key, { diskPath: folder })
      await first.ready()
      await first.close()
      const away = clientWith(key, { diskPath: folder, fetch: () => Promise.reject(new Error('away')) })
      await eventually(() => expect(away.status().source).toBe('disk'))
      expect((await away.withLink(token))?.isEnabled('qa-checkout', 'ann')).toBe(true)
      await away.close()
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  // Last, because it ends the links of all others.
  test('refuses every link once they were ended', async () => {
    const token = await makeLink('on')
    expect(await client.withLink(token)).toBeDefined()
    await admin('DELETE', '/environments/production/qa-links')
    await eventually(async () => expect(await client.withLink(token)).toBeUndefined())
    const next = await makeLink('on')
    expect(await client.withLink(next)).toBeDefined()
  })
})

const closing: (() => void)[] = []
const asked = { user: () => 'ann' }
const answer = (flags: WithFlags['flags']) => ({
  enabled: flags.isEnabled('qa-checkout'),
  source: flags.explain('qa-checkout').source,
})

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const applications: Record<string, () => Promise<string>> = {
  Hono: () => {
    const app = new Hono<FlagsEnv>()
    app.use(honoFlags(client, asked))
    app.get('*', (c) => c.json(answer(c.get('flags')), 200, { 'Cache-Control': 'public' }))
    return new Promise((resolve) => {
      const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => {
        closing.push(() => server.close())
        resolve(`http://127.0.0.1:${port}`)
      })
    })
  },
  Express: () => {
    const app = express()
    app.use(nodeFlags(client, asked))
    app.get('/{*any}', (request, response) => void response.json(answer((request as Request & WithFlags).flags)))
    return listen(createServer(app))
  },
  'node:http': () =>
    listen(
      createServer(withFlags(client, asked, ({ flags }, response) => response.end(JSON.stringify(answer(flags))))),
    ),
}

describe.each(Object.keys(applications))('the middleware for %s', (name) => {
  let url: string
  let token: string
  beforeEach(async () => {
    url = await (applications[name] as () => Promise<string>)()
    token = await makeLink('on')
  })
  afterEach(() => {
    for (const close of closing.splice(0)) close()
  })
  const get = (path: string, cookie = 'theme=dark') => fetch(url + path, { headers: { cookie } })

  test('serves the variant for the session that followed the link, and for nobody else', async () => {
    const first = await get(`/shop?size=1&rampart=${token}`)
    expect(await first.json()).toEqual({ enabled: true, source: 'link' })
    expect(first.headers.get('rampart-link')).toBe('qa-checkout=on')
    expect(first.headers.get('cache-control')).toBe('private, no-store')
    expect(first.headers.get('set-cookie')).toBe(`rampart_link=${token}; Path=/; HttpOnly; SameSite=Lax`)

    const second = await get('/pay', `theme=dark; rampart_link=${token}; a=b`)
    expect(await second.json()).toEqual({ enabled: true, source: 'link' })
    expect(second.headers.get('set-cookie')).toBeNull()

    const other = await get('/pay')
    expect(await other.json()).toEqual({ enabled: false, source: 'stream' })
    expect(other.headers.get('rampart-link')).toBeNull()
  })

  test('ends with an empty parameter, and says when a link is not good', async () => {
    const ended = await get('/?rampart=', `rampart_link=${token}`)
    expect(await ended.json()).toMatchObject({ enabled: false })
    expect(ended.headers.get('rampart-link')).toBe('ended')
    expect(ended.headers.get('set-cookie')).toContain('rampart_link=; Max-Age=0')

    const bad = await get(`/?rampart=${token.slice(0, -4)}AAAA`)
    expect(await bad.json()).toMatchObject({ enabled: false, source: 'stream' })
    expect(bad.headers.get('rampart-link')).toBe('not valid here and now')
  })
})
