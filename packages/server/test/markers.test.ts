import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestApp, describeOnBothStores, type TestApp } from './harness.ts'

const path = '/api/v1/projects/default/markers'

describeOnBothStores('markers', (kind) => {
  let app: TestApp
  beforeAll(async () => {
    app = await createTestApp(kind)
  })
  afterAll(() => app?.close())

  const read = async (query = '') =>
    ((await (await app.api('GET', path + query)).json()) as { markers: Record<string, unknown>[] }).markers

  it('are the deploys that were reported and the changes of flags, in the order of time', async () => {
    const body = {
      kind: 'deploy',
      label: 'v1.2.3',
      service: 'shop',
      environment: 'production',
      url: 'https://ci.example/7',
    }
    const made = await app.api('POST', path, body)
    expect(made.status).toBe(201)
    expect(await made.json()).toMatchObject({
      kind: 'deploy',
      label: 'v1.2.3',
      by: 'test admin',
      url: 'https://ci.example/7',
    })
    await app.api('POST', '/api/v1/projects/default/flags', { key: 'a' })
    await app.api('POST', '/api/v1/projects/default/flags/a/environments/production/kill', { reason: 'stop' })
    await app.api('POST', '/api/v1/projects/default/flags/a/environments/staging/kill')
    expect(await read('?environment=production')).toMatchObject([
      { kind: 'deploy', label: 'shop: v1.2.3', environment: 'production', auditId: null },
      { kind: 'change', label: 'created the boolean flag a, off everywhere', flag: 'a', environment: null },
      { kind: 'kill', label: 'killed a in production', reason: 'stop', auditId: expect.any(String) },
    ])
    expect(await read()).toHaveLength(4)
  })

  it('are cut to the span that was asked for', async () => {
    expect(await read('?from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00%2B01:00')).toEqual([])
  })

  it.each<[unknown, RegExp]>([
    [{ kind: 'deploy' }, /^label/],
    [{ kind: 'change', label: 'x' }, /Only deploys/],
    [{ kind: 'deploy', label: 'x', url: 'javascript:alert(1)' }, /http:/],
    [{ kind: 'deploy', label: 'x', at: '2020' }, /^at: .*not known/],
  ])('are refused: %j', async (body, message) => {
    const response = await app.api('POST', path, body)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { message: expect.stringMatching(message) } })
  })

  it('of an unknown environment are refused, and times must be times', async () => {
    expect((await app.api('POST', path, { kind: 'deploy', label: 'x', environment: 'moon' })).status).toBe(404)
    expect((await app.api('GET', `${path}?from=yesterday`)).status).toBe(400)
  })
})
