import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestApp, type TestApp } from './harness.ts'

interface Operation {
  security?: unknown[]
  'x-permission'?: string
  summary?: string
}

/** Paths that programs without a credential may reach; everything else must refuse them. */
const OPEN = new Set(['/health/live', '/health/ready', '/metrics'])

describe('credentials', () => {
  let app: TestApp
  let operations: { method: string; path: string; operation: Operation }[]
  beforeAll(async () => {
    app = await createTestApp('postgres')
    const document = (await (await app.request('/openapi.json')).json()) as {
      paths: Record<string, Record<string, Operation>>
    }
    operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
    )
  })
  afterAll(() => app?.close())

  const concrete = (path: string) =>
    path
      .replace('{project}', 'default')
      .replace('{environment}', 'production')
      .replace('{flag}', 'any')
      .replace('{id}', '00000000-0000-4000-8000-000000000000')

  it('are asked for by every route of the contract', async () => {
    expect(operations.length).toBeGreaterThan(20)
    for (const { method, path } of operations) {
      if (OPEN.has(path) || (path === '/api/v1/session' && method === 'POST')) continue
      for (const headers of [
        {},
        { authorization: 'Bearer wrong' },
        { cookie: 'rampart_session=wrong', 'sec-fetch-site': 'same-origin' },
      ]) {
        const response = await app.request(concrete(path), { method, headers: headers as Record<string, string> })
        expect({ method, path, status: response.status }).toEqual({ method, path, status: 401 })
        expect(await response.json()).toMatchObject({ error: { code: 'UNAUTHENTICATED' } })
      }
    }
  })

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

  it('stand with a permission in the contract of every admin route', () => {
    const admin = operations.filter(({ path }) => path.startsWith('/api/v1') && path !== '/api/v1/session')
    for (const { method, path, operation } of admin) {
      expect({ method, path, permission: operation['x-permission'] }).toEqual({
        method,
        path,
        permission: expect.stringMatching(/^[a-z-]+:[a-z]+$/),
      })
      expect(operation.security).toHaveLength(2)
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
