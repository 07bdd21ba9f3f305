import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestApp, describeOnBothStores, type TestApp } from './harness.ts'

const flags = '/api/v1/projects/default/flags'

describeOnBothStores('the life of a flag', (kind) => {
  let app: TestApp
  beforeAll(async () => {
    app = await createTestApp(kind)
  })
  afterAll(() => app?.close())

  it('is created, ramped, killed, restored and archived, and the history tells it', async () => {
    const created = await app.api('POST', flags, { key: 'new-checkout', reason: 'first try' })
    expect(created.status).toBe(201)
    expect(created.headers.get('location')).toBe(`${flags}/new-checkout`)

    const production = `${flags}/new-checkout/environments/production`
    const before = await app.api('GET', production)
    expect(before.headers.get('etag')).toBe('"v1"')
    const ramped = await app.api(
      'PATCH',
      production,
      { on: true, defaultServe: { rollout: { weight: 5000 } } },
      { 'if-match': '"v1"' },
    )
    expect(ramped.status).toBe(200)
    expect(await ramped.json()).toMatchObject({ version: 2, state: 'ramping', share: 5000, allocation: 2 })

    const killed = await app.api('POST', `${production}/kill`, { reason: 'errors' })
    expect(killed.status).toBe(200)
    expect(await killed.json()).toMatchObject({ killed: true, changed: true, reason: 'errors' })
    expect(await (await app.api('POST', `${production}/restore`)).json()).toMatchObject({ killed: false })
    expect((await app.api('POST', `${flags}/new-checkout/archive`, {})).status).toBe(200)

    const history = await app.api('GET', '/api/v1/projects/default/audit')
    const { entries } = (await history.json()) as { entries: { sentence: string }[] }
    expect(entries.map((entry) => entry.sentence)).toEqual([
      'archived new-checkout',
      'restored new-checkout in production',
      'killed new-checkout in production',
      'turned on new-checkout in production and ramped it from 0 % to 5 %',
      'created the boolean flag new-checkout, off everywhere',
    ])
  })
})
