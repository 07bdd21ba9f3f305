// The middleware with the real frameworks, over real sockets.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import express, { type Request } from 'express'
import { Hono } from 'hono'
import { afterEach, describe, expect, test } from 'vitest'
import { type FlagsEnv, flags as honoFlags } from '../src/middleware/hono.ts'
import { flags as nodeFlags, type WithFlags, withFlags } from '../src/middleware/node.ts'
import { createTestClient, type TestClient } from '../src/testing/index.ts'

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

interface App {
  url: string
}

/** What each application does: asks twice, kills in between, fails where it is told to. */
function ask(client: TestClient, flags: WithFlags['flags'], path: string): unknown {
  if (path === '/none') return {}
  const before = flags.isEnabled('new-checkout')
  client.set('new-checkout', false)
  const answer = { before, after: flags.isEnabled('new-checkout'), variant: flags.variant('new-checkout') }
  if (path === '/broken') throw new Error('broken')
  return {
    ...answer,
    size: flags.value('page-size', 20),
    wrong: flags.value('page-size', 'x'),
    text: `${flags.explain('typo')}`,
  }
}

const user = (name: string | undefined) => name ?? 'nobody'

const applications: Record<string, (client: TestClient) => Promise<App>> = {
  Hono: (client) => {
    const app = new Hono<FlagsEnv>()
    app.use(honoFlags(client, { user: (c) => user(c.req.header('x-user')) }))
    app.get('*', (c) => c.json(ask(client, c.get('flags'), c.req.path) as object))
    return new Promise((resolve) => {
      const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => {
        closing.push(() => server.close())
        resolve({ url: `http://127.0.0.1:${port}` })
      })
    })
  },
  Express: (client) => {
    const app = express()
    app.use(nodeFlags(client, { user: (request: Request) => user(request.get('x-user')) }))
    app.get('/{*any}', (request, response) => {
      response.json(ask(client, (request as Request & WithFlags).flags, request.path))
    })
    // Without it Express writes the stack of what was thrown to the console.
    app.use(
      (_error: Error, _request: unknown, response: express.Response, _next: unknown) => void response.status(500).end(),
    )
    return listen(createServer(app))
  },
  'node:http': (client) => {
    const options = {
      user: (request: { headers: NodeJS.Dict<string | string[]> }) => user(String(request.headers['x-user'])),
    }
    return listen(
      createServer(
        withFlags(client, options, (request, response) => {
          try {
            response.end(JSON.stringify(ask(client, request.flags, request.url ?? '')))
          } catch {
            response.writeHead(500).end()
          }
        }),
      ),
    )
  },
}

async function listen(server: Server): Promise<App> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

describe.each(Object.keys(applications))('the middleware for %s', (name) => {
  async function open() {
    const client = createTestClient({ 'new-checkout': true, 'page-size': 50 })
    const { url } = await (applications[name] as (client: TestClient) => Promise<App>)(client)
    return { client, get: (path: string) => fetch(url + path, { headers: { 'x-user': 'ann' } }) }
  }

  test('answers the same all through a request, and counts one exposure', async () => {
    const { client, get } = await open()
    expect(await (await get('/')).json()).toEqual({
      before: true,
      after: true,
      variant: 'on',
      size: 50,
      wrong: 'x',
      text: expect.stringContaining('FLAG_NOT_FOUND'),
    })
    expect(client.exposures).toEqual([
      { flag: 'new-checkout', user: 'ann', variant: 'on' },
      { flag: 'page-size', user: 'ann', variant: 'value' },
    ])
    client.set('new-checkout', false)
    expect(await (await get('/')).json()).toMatchObject({ before: false })
  })

  test('reports error and duration of requests that asked for a flag', async () => {
    const { client, get } = await open()
    await get('/none')
    await get('/')
    expect((await get('/broken')).status).toBe(500)
    await expect
      .poll(() => client.tracked.filter(({ metric }) => metric === 'http.error'))
      .toEqual([
        { metric: 'http.error', user: 'ann', value: 0 },
        { metric: 'http.error', user: 'ann', value: 1 },
      ])
    const durations = client.tracked.filter(({ metric }) => metric === 'http.duration')
    expect(durations).toHaveLength(2)
    expect(durations.every(({ value }) => (value ?? -1) >= 0)).toBe(true)
  })
})
