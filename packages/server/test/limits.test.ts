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
})
