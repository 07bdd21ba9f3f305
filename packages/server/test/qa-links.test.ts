import { createPublicKey, verify } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestApp, describeOnBothStores, type TestApp } from './harness.ts'

const project = '/api/v1/projects/default'
const links = `${project}/flags/checkout/environments/production/qa-links`
type Json = Record<string, unknown>

describeOnBothStores('QA links', (kind) => {
  let app: TestApp
  let sdkKey: string
  beforeAll(async () => {
    app = await createTestApp(kind)
    await app.api('POST', `${project}/flags`, { key: 'checkout' })
    await app.api('POST', `${project}/flags`, { key: 'gone' })
    await app.api('POST', `${project}/flags/gone/archive`, {})
    const made = await app.api('POST', `${project}/environments/production/sdk-keys`, { kind: 'server', name: 'shop' })
    sdkKey = ((await made.json()) as { key: string }).key
  })
  afterAll(() => app?.close())

  const make = async (body: Json = { variant: 'on' }) => {
    const answer = await app.api('POST', links, body)
    return { status: answer.status, body: (await answer.json()) as Json }
  }
  const revision = async () => {
    const { projects } = (await (await app.api('GET', '/api/v1/projects')).json()) as {
      projects: { environments: { key: string; revision: number }[] }[]
    }
    return projects[0]?.environments.find(({ key }) => key === 'production')?.revision ?? -1
  }
  const header = async () => {
    const answer = await app.request('/sdk/v1/snapshot', { headers: { authorization: `Bearer ${sdkKey}` } })
    return JSON.parse((await answer.text()).split('\n')[0] ?? '') as Json
  }
  const isSigned = (token: unknown, key: unknown) => {
    const [content = '', signature = ''] = String(token).split('.')
    const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: String(key) }, format: 'jwk' })
    return verify(null, Buffer.from(`rampart-link.1.${content}`), publicKey, Buffer.from(signature, 'base64url'))
  }

  it('are signed by a key that is made with the first and reaches SDKs with the flags', async () => {
    expect(await header()).not.toHaveProperty('linkKey')
    const before = await revision()
    const [first, second] = await Promise.all([make(), make({ variant: 'off', expiresInSeconds: 60 })])
    expect([first?.status, second?.status]).toEqual([201, 201])
    expect(first?.body).toMatchObject({ flag: 'checkout', variant: 'on', environment: 'production' })
    const firstRevision = await revision()
    expect(firstRevision).toBeGreaterThan(before)
    await expect.poll(header, { timeout: 10_000 }).toHaveProperty('linkKey')
    const { linkKey } = await header()
    expect([first, second].map((link) => isSigned(link?.body['token'], linkKey))).toEqual([true, true])
    // A link more is no news to SDKs.
    await make()
    expect(await revision()).toBe(firstRevision)
  })

  it('say in the history who made them, without the token, and where to', async () => {
    const { body } = await make({ variant: 'on', reason: 'look at the new page' })
    const audit = await app.api('GET', `${project}/audit?flag=checkout&environment=production`)
    const text = await audit.text()
    const [entry] = (JSON.parse(text) as { entries: Json[] }).entries
    expect(entry).toMatchObject({ action: 'qa-link.create', reason: 'look at the new page' })
    expect(entry?.['sentence']).toMatch(
      /^made a QA link to on of checkout in production, good until [\d-]+ [\d:]+ UTC$/,
    )
    expect(text).not.toContain(String(body['token']).slice(0, 20))
    // On a graph it would be a line at which nothing happened to anybody.
    const [from, to] = [-600_000, 600_000].map((ms) => encodeURIComponent(new Date(Date.now() + ms).toISOString()))
    const markers = await app.api('GET', `${project}/markers?environment=production&from=${from}&to=${to}`)
    const labels = ((await markers.json()) as { markers: { label: string }[] }).markers.map(({ label }) => label)
    expect(labels).toContain('created the boolean flag checkout, off everywhere')
    expect(labels.filter((label) => label.includes('QA link'))).toEqual([])
  })

  it('all end when the key is replaced', async () => {
    const { body } = await make()
    const old = (await header())['linkKey']
    expect((await app.api('DELETE', `${project}/environments/production/qa-links`)).status).toBe(204)
    await expect.poll(async () => (await header())['linkKey'], { timeout: 10_000 }).not.toBe(old)
    expect(isSigned(body['token'], (await header())['linkKey'])).toBe(false)
    expect(isSigned((await make()).body['token'], (await header())['linkKey'])).toBe(true)
  })

  it('are refused for what cannot be shown, with what can', async () => {
    expect(await make({ variant: 'blue' })).toMatchObject({
      status: 400,
      body: { error: { code: 'INVALID_INPUT', message: expect.stringContaining('has the variants on, off') } },
    })
    for (const body of [
      {},
      { variant: 'on', expiresInSeconds: 1 },
      { variant: 'on', expiresInSeconds: 1e9 },
      { variant: 'on', extra: 1 },
    ])
      expect((await make(body)).status).toBe(400)
    const gone = `${project}/flags/gone/environments/production/qa-links`
    expect((await app.api('POST', gone, { variant: 'on' })).status).toBe(409)
    expect((await app.api('POST', links.replace('checkout', 'typo'), { variant: 'on' })).status).toBe(404)
    const stranger = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"variant":"on"}' }
    expect((await app.request(links, stranger)).status).toBe(401)
  })

  it('never show the key that signs', async () => {
    const answers = await Promise.all(
      ['/api/v1/projects', `${project}/flags/checkout`, `${project}/audit`].map((path) => app.api('GET', path)),
    )
    for (const answer of answers) expect(await answer.text()).not.toMatch(/privateKey|MC4CAQ/)
    expect(JSON.stringify(await header())).not.toMatch(/privateKey|MC4CAQ/)
  })
})
