// The log of a whole run, with every kind of credential used, right and wrong, and the database lost in the middle.
import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { createTestDatabase } from './harness.ts'
import { startRelay } from './relay.ts'
import { startProcess } from './server-process.ts'

const TOKEN = 'an-admin-token-that-nobody-may-read'
const PASSWORD = 'correct horse battery staple 7'
const FLAG = '/api/v1/projects/default/flags/checkout'
/** Processes take their time where many run. */
const PATIENCE_MS = 120_000

it(
  'the log holds no secret, no hash of one and no parameter of a query, and names each request',
  async () => {
    const relay = await startRelay(await createTestDatabase())
    const server = await startProcess({ DATABASE_URL: relay.url, RAMPART_ADMIN_TOKEN: TOKEN })
    const secrets = new Map<string, string>([
      ['admin token', TOKEN],
      ['password', PASSWORD],
      ['password of the database', 'postgres:postgres'],
    ])
    const send = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
      fetch(server.url + path, {
        method,
        headers: { 'content-type': 'application/json', ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
    const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` })
    const admin = async (method: string, path: string, body?: unknown) =>
      (await (await send(method, path, body, bearer(TOKEN))).json()) as Record<string, string>
    try {
      const person = { email: 'ann@example.com', role: 'editor', production: true, kill: true }
      const invitation = await admin('POST', '/api/v1/projects/default/invitations', person)
      const secret = /rp[a-z]_[A-Za-z0-9_-]+/.exec(invitation['path'] ?? '')?.[0] ?? ''
      secrets.set('invitation', secret)
      const account = { secret, name: 'Ann', password: PASSWORD }
      expect(await (await send('POST', '/api/v1/invitations/accept', account)).json()).toMatchObject({
        secondFactor: false,
      })
      await admin('POST', '/api/v1/projects/default/flags', { key: 'checkout', clientVisible: true })
      for (const kind of ['server', 'client']) {
        const keys = '/api/v1/projects/default/environments/production/sdk-keys'
        secrets.set(`${kind} key`, (await admin('POST', keys, { kind, name: kind }))['key'] ?? '')
      }
      const trigger = await admin('POST', `${FLAG}/environments/production/triggers`, { name: 'alert' })
      secrets.set('trigger', trigger['path']?.split('/').at(-1) ?? '')
      const signedIn = await send('POST', '/api/v1/session', { token: TOKEN })
      secrets.set('session', /=([^;]+)/.exec(signedIn.headers.get('set-cookie') ?? '')?.[1] ?? '')
      const bulk = await send(
        'POST',
        '/ofrep/v1/evaluate/flags',
        { context: { targetingKey: 'ann' } },
        bearer(secrets.get('client key') ?? ''),
      )
      const { eventStreams } = (await bulk.json()) as { eventStreams: { endpoint: { requestUri: string } }[] }
      secrets.set('event stream', eventStreams[0]?.endpoint.requestUri.split('/').at(-1) ?? '')
      for (const [name, secret] of secrets) expect({ name, length: secret.length > 8 }).toEqual({ name, length: true })

      const everything = async () => {
        const [serverKey, clientKey] = [secrets.get('server key') ?? '', secrets.get('client key') ?? '']
        await Promise.all([
          send('POST', trigger['path'] ?? '', { status: 'resolved', alerts: [] }),
          send('POST', `/triggers/v1/${secrets.get('trigger')}x`, {}),
          send('POST', `${FLAG}/environments/production/kill`, {}, bearer(TOKEN)),
          send('POST', `${FLAG}/environments/production/kill`, {}, bearer('rpt_a-wrong-token-of-some-length')),
          send('GET', FLAG, undefined, { cookie: `rampart_session=${secrets.get('session')}` }),
          send('POST', '/api/v1/session', { token: TOKEN }),
          send('POST', '/api/v1/session/password', { email: person.email, password: PASSWORD }),
          send('POST', '/api/v1/session/password', { email: person.email, password: `${PASSWORD}!` }),
          send('GET', '/sdk/v1/snapshot', undefined, bearer(serverKey)),
          send('GET', '/sdk/v1/snapshot', undefined, bearer('rps_a-wrong-key-of-some-length')),
          send('POST', '/sdk/v1/evaluate', { context: { key: 'a-person' } }, bearer(clientKey)),
          send('HEAD', `/ofrep/v1/stream/${secrets.get('event stream')}`),
          send(
            'POST',
            '/sdk/v1/telemetry',
            { instance: 'i', seq: 1, sdk: { name: 'n', version: '1' }, spanMs: 1, exposures: [] },
            bearer(serverKey),
          ),
        ])
      }
      await everything()
      relay.cut()
      await everything()
      relay.mend()
    } finally {
      await server.stop('SIGTERM')
      relay.close()
    }

    // The banner is for the person who started it, and shows the set-up link; the log is what is kept.
    const lines = server.output().split('\n')
    const log = lines.filter((line) => line.startsWith('{')).join('\n')
    const found = [...secrets].filter(([, secret]) => {
      const hash = createHash('sha256').update(secret).digest('hex')
      return [secret, encodeURIComponent(secret), hash].some((text) => log.includes(text))
    })
    expect(found.map(([name]) => name)).toEqual([])
    expect(log).not.toMatch(/params|ann@example\.com|a-wrong-(token|key)|a-person/)
    const outside = lines.filter((line) => !line.startsWith('{') && secrets.get('trigger') && line.includes('rp'))
    expect(outside.filter((line) => !line.includes('/set-up#'))).toEqual([])

    const entries = log.split('\n').map((line) => JSON.parse(line) as Record<string, unknown>)
    const requests = entries.filter(({ msg }) => msg === 'request')
    expect(requests.length).toBeGreaterThan(10)
    for (const request of requests) {
      expect(request).toMatchObject({ requestId: expect.stringMatching(/^[0-9a-f-]{36}$/), status: expect.any(Number) })
    }
    expect(requests).toContainEqual(expect.objectContaining({ path: '/triggers/v1/...', method: 'POST' }))
    // It is not for want of errors that it is clean.
    expect(entries.some(({ err }) => JSON.stringify(err ?? '').includes('Failed query'))).toBe(true)
  },
  PATIENCE_MS,
)
