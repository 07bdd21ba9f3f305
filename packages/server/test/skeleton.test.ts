import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestApp, describeOnBothStores, type TestApp } from './harness.ts'

describeOnBothStores('a fresh installation', (kind) => {
  let app: TestApp
  beforeAll(async () => {
    app = await createTestApp(kind)
  })
  afterAll(() => app?.close())

  it('has a project with three environments', async () => {
    const rows = await app.store.db.query.environments.findMany()
    expect(rows.map((row) => row.key).sort()).toEqual(['development', 'production', 'staging'])
  })
})
