import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestApp, type TestApp } from './harness.ts'

describe('credentials', () => {
  let app: TestApp
  beforeAll(async () => {
    app = await createTestApp('postgres')
  })
  afterAll(() => app?.close())

  it('are asked for before a path is said to exist', async () => {
    for (const path of [
      '/api/v1/nothing',
      '/api',
      '/api/v2/x',
      '/sdk/v1/nothing',
      '/api/v1/%2e%2e/health',
      '/api//v1/projects',
    ]) {
      expect({ path, status: (await app.request(path)).status }).toEqual({ path, status: 401 })
    }
  })

  it('of one kind do not open the other doors', async () => {
    const made = await app.api('POST', '/api/v1/projects/default/environments/production/sdk-keys', {
      kind: 'server',
      name: 'shop',
    })
    const { key } = (await made.json()) as { key: string }
    const asAdmin = await app.request('/api/v1/projects', { headers: { authorization: `Bearer ${key}` } })
    expect(asAdmin.status).toBe(401)
    const asSdk = await app.request('/sdk/v1/snapshot', { headers: { authorization: `Bearer ${app.token}` } })
    expect(asSdk.status).toBe(401)
    const inUrl = await app.request(`/api/v1/projects?token=${app.token}`)
    expect(inUrl.status).toBe(401)
  })
})
