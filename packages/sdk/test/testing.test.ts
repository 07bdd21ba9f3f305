// What applications test with.
import { setupServer } from 'msw/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createClient } from '../src/index.ts'
import { mockService } from '../src/msw/index.ts'
import { createTestClient } from '../src/testing/index.ts'
import { flagOf } from './fake-service.ts'

describe('a client for unit tests', () => {
  test('answers what was declared, in every type', () => {
    const client = createTestClient({ a: true, b: false, size: 50, color: 'red', layout: { columns: 3 } })
    expect(client.isEnabled('a', 'ann')).toBe(true)
    expect(client.isEnabled('b', 'ann', true)).toBe(false)
    expect(client.value('size', 'ann', 20)).toBe(50)
    expect(client.value('size', 'ann', 'text')).toBe('text')
    expect(client.value('layout', 'ann', {})).toEqual({ columns: 3 })
    expect(client.isEnabled('unknown', 'ann', true)).toBe(true)
    expect(client.allFlags('ann')).toEqual({ a: true, b: false, size: 50, color: 'red', layout: { columns: 3 } })
    expect(`${client.explain('a', 'ann')}`).toContain('a = on')
  })

  test('takes whole flags, with their rules', () => {
    const conditions = [{ attribute: 'plan', op: 'in' as const, values: ['pro'] }]
    const rules = [{ id: 'pro', conditions, serve: { variant: 'on' } }]
    const client = createTestClient({ beta: flagOf('beta', { rules, defaultServe: { variant: 'off' } }) })
    expect(client.isEnabled('beta', { key: 'ann', plan: 'pro' })).toBe(true)
    expect(client.isEnabled('beta', { key: 'bob', plan: 'free' })).toBe(false)
  })

  test('changes, tells, records, and starts anew', () => {
    const client = createTestClient({ a: true })
    const told: string[] = []
    client.onChange(({ flags }) => told.push(...flags))
    client.set('a', false)
    client.isEnabled('a', 'ann')
    client.track('order', 'ann', 12)
    expect(told).toEqual(['a'])
    expect(client.exposures).toEqual([{ flag: 'a', user: 'ann', variant: 'off' }])
    expect(client.tracked).toEqual([{ metric: 'order', user: 'ann', value: 12 }])
    client.reset()
    expect([client.exposures, client.tracked]).toEqual([[], []])
    expect(client.isEnabled('a', 'ann')).toBe(true)
  })
})

describe('the service in Mock Service Worker', () => {
  const service = mockService({ url: 'https://flags.test', flags: { 'new-checkout': true, size: 50 } })
  const server = setupServer(...service.handlers)
  beforeAll(() => server.listen())
  afterAll(() => {
    service.close()
    server.close()
  })

  test('serves the real client, lives through a change and a kill, and hears what was counted', async () => {
    const client = createClient({ url: 'https://flags.test', sdkKey: 'rps_msw', onWarning: () => {} })
    expect((await client.ready()).flags).toBe(2)
    expect(client.isEnabled('new-checkout', 'ann')).toBe(true)
    await expect.poll(() => client.status().state).toBe('streaming')
    service.set('size', 80)
    await expect.poll(() => client.value('size', 'ann', 0)).toBe(80)
    service.kill('new-checkout')
    await expect.poll(() => client.isEnabled('new-checkout', 'ann')).toBe(false)
    await client.flush()
    expect(service.exposures).toContainEqual({ flag: 'new-checkout', variant: 'on', count: expect.any(Number) })
    expect(() => service.kill('typo')).toThrow(/declare it/)
    await client.close()
  })
})
