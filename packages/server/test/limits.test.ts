import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTestApp, type TestApp } from './harness.ts'

const flags = '/api/v1/projects/default/flags'

describe('limits', () => {
  let app: TestApp
  beforeEach(async () => {
    app = await createTestApp('postgres')
  })
  afterEach(() => app?.close())

  /** Rows as the API writes them, only faster. */
  async function fill(count: number, rules: string): Promise<void> {
    await app.store.db.execute(sql`
      insert into flags (project_id, key, type, variants, salt)
      select projects.id, 'filler-' || i, 'boolean',
        '[{"name": "on", "value": true}, {"name": "off", "value": false}]'::jsonb, 'filler-' || i
      from projects, generate_series(1, ${count}::int) i`)
    await app.store.db.execute(sql`
      insert into flag_configurations (flag_id, environment_id, off_variant, rules, default_serve, revision)
      select flags.id, environments.id, 'off', ${rules}::jsonb, '{"variant": "off"}'::jsonb, 0
      from flags, environments where flags.key like 'filler-%'`)
  }

  it('refuse the flag after ten thousand by name, until one is archived', async () => {
    await fill(10_000, '[]')
    const refused = await app.api('POST', flags, { key: 'one-more' })
    expect(refused.status).toBe(422)
    expect(await refused.json()).toMatchObject({
      error: {
        code: 'LIMIT_EXCEEDED',
        message: expect.stringContaining('Archive those that are done'),
        details: { limit: 'FLAGS_PER_PROJECT', most: 10_000, actual: 10_001 },
      },
    })
    expect((await app.api('POST', `${flags}/filler-1/archive`)).status).toBe(200)
    expect((await app.api('POST', flags, { key: 'one-more' })).status).toBe(201)
  })

  it('refuse what would make a snapshot larger than 20 MB, and let everything smaller pass', async () => {
    const rule = { description: 'x'.repeat(500), conditions: [], serve: { variant: 'off' } }
    const rules = (count: number) => Array.from({ length: count }, (_, index) => ({ id: `r${index}`, ...rule }))
    // A hundred flags of some 200 kB, each allowed by itself.
    await fill(105, JSON.stringify(rules(345)))
    await app.api('POST', flags, { key: 'last-straw' })
    const path = `${flags}/last-straw/environments/production`
    const refused = await app.api('PATCH', path, { rules: rules(390) }, { 'if-match': '"v1"' })
    expect(refused.status).toBe(422)
    expect(await refused.json()).toMatchObject({ error: { details: { limit: 'SNAPSHOT_BYTES', most: 20_971_520 } } })
    expect((await app.api('PATCH', path, { on: true }, { 'if-match': '"v1"' })).status).toBe(200)
  })

  describe('of bodies, at each door', () => {
    const kB = (size: number) => JSON.stringify({ ballast: 'x'.repeat(size * 1024) })

    async function secretFor(kind: string): Promise<string> {
      const path = '/api/v1/projects/default/environments/production/sdk-keys'
      return ((await (await app.api('POST', path, { kind, name: 'test' })).json()) as { key: string }).key
    }
    async function triggerPath(): Promise<string> {
      await app.api('POST', flags, { key: 'checkout' })
      const made = await app.api('POST', `${flags}/checkout/environments/production/triggers`, { name: 'alert' })
      return ((await made.json()) as { path: string }).path
    }

    it.each<[string, number, () => Promise<{ path: string; secret?: string }>]>([
      ['evaluate', 64, async () => ({ path: '/sdk/v1/evaluate', secret: await secretFor('client') })],
      ['OFREP', 64, async () => ({ path: '/ofrep/v1/evaluate/flags', secret: await secretFor('server') })],
      ['receipts', 64, async () => ({ path: '/sdk/v1/receipts', secret: await secretFor('server') })],
      ['telemetry', 1024, async () => ({ path: '/sdk/v1/telemetry', secret: await secretFor('server') })],
      ['the API', 1024, async () => ({ path: flags, secret: app.token })],
      ['a trigger', 1024, async () => ({ path: await triggerPath() })],
    ])('%s takes %i kB, refuses more by name, and nothing that is compressed', async (_door, most, find) => {
      const { path, secret } = await find()
      const send = (body: string, more: Record<string, string> = {}) =>
        app.request(path, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            ...(secret ? { authorization: `Bearer ${secret}` } : {}),
            ...more,
          },
          body,
        })
      const refused = await send(kB(most))
      expect(refused.status).toBe(413)
      expect(await refused.text()).toContain(path.startsWith('/ofrep') ? '' : 'BODY_TOO_LARGE')
      // What fits is read, whatever it says.
      expect((await send(kB(most - 1))).status).toBeLessThan(413)
      // A hundred megabytes of nothing are a hundred kB of gzip.
      expect((await send('x', { 'content-encoding': 'gzip' })).status).toBe(415)
    })
  })
})
