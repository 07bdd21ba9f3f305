// What only a real socket shows.
import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from './harness.ts'

const flags = '/api/v1/projects/default/flags'

describe('over a real connection', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer()
    await server.api('POST', flags, { key: 'checkout' })
  })
  afterAll(() => server?.close())

  const production = `${flags}/checkout/environments/production`

  it.each<[string, Record<string, string>, string | undefined]>([
    ['no body at all', {}, undefined],
    ['an empty body', { 'content-type': 'application/json' }, ''],
    ['an empty object', { 'content-type': 'application/json' }, '{}'],
  ])('a kill takes %s', async (_name, headers, body) => {
    const init = {
      method: 'POST',
      headers: { authorization: `Bearer ${server.token}`, ...headers },
      body: body ?? null,
    }
    const response = await fetch(`${server.url}${production}/kill`, init)
    expect(await response.json()).toMatchObject({ killed: true })
  })

  it('a kill with a body that does not say what it is, is told how to say it', async () => {
    const init = { method: 'POST', headers: { authorization: `Bearer ${server.token}` }, body: '{"reason":"x"}' }
    const response = await fetch(`${server.url}${production}/kill`, init)
    expect(response.status).toBe(415)
    expect(await response.json()).toMatchObject({ error: { message: expect.stringContaining('Content-Type') } })
  })

  it.each(['application/json', 'application/merge-patch+json', 'application/json; charset=utf-8'])(
    'a patch may come as %s',
    async (type) => {
      const { version } = (await (await server.api('GET', production)).json()) as { version: number }
      const patch = { offVariant: version % 2 === 0 ? 'off' : 'on' }
      const headers = { 'if-match': `"v${version}"`, 'content-type': type }
      expect((await server.api('PATCH', production, patch, headers)).status).toBe(200)
    },
  )

  it('30 MB are refused by their announcement, before they are sent', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const headers = {
        authorization: `Bearer ${server.token}`,
        'content-type': 'application/json',
        'content-length': 30 * 1024 * 1024,
      }
      const sending = request(server.url + flags, { method: 'POST', headers }, (response) => {
        resolve(response.statusCode)
        sending.destroy()
      })
      sending.on('error', reject)
      sending.flushHeaders()
    })
    expect(status).toBe(413)
  })

  it('strangers are refused before their body is read', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const headers = { 'content-type': 'application/json', 'content-length': 1000 }
      const sending = request(server.url + flags, { method: 'POST', headers }, (response) => {
        resolve(response.statusCode)
        sending.destroy()
      })
      sending.on('error', reject)
      sending.flushHeaders()
    })
    expect(status).toBe(401)
  })

  it('the list of flags is compressed for those who take it so', async () => {
    for (let index = 0; index < 10; index++) await server.api('POST', flags, { key: `more-${index}` })
    const list = await server.api('GET', flags, undefined, { 'accept-encoding': 'gzip' })
    expect(list.headers.get('content-encoding')).toBe('gzip')
    expect(((await list.json()) as { flags: unknown[] }).flags).toHaveLength(11)
  })

  it.each(['/', '/flags/checkout', '/anything/else'])('a person who opens %s is protected', async (path) => {
    const response = await fetch(server.url + path, { headers: { accept: 'text/html' } })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-security-policy')).toMatch(/default-src 'none'.*frame-ancestors 'none'/)
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect(response.headers.get('referrer-policy')).toBe('no-referrer')
    expect(response.headers.get('cache-control')).toBe('no-cache')
  })

  it.each(['/health/none', '/metrics/none', '/openapi.json/none', '/assets/none.js', '/none.txt'])(
    'what is not there is said in JSON: %s',
    async (path) => {
      const response = await fetch(server.url + path)
      expect(response.status).toBe(404)
      expect(await response.json()).toMatchObject({ error: { code: 'NOT_FOUND', requestId: expect.any(String) } })
    },
  )

  it.each(['/..%2f..%2fpackage.json', '/assets/..%2f..%2f..%2fpackage.json', '/%2e%2e/package.json'])(
    'no file outside the admin UI is served: %s',
    async (path) => {
      expect(await (await fetch(server.url + path)).text()).not.toContain('"rampart"')
    },
  )
})
