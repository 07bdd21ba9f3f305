// The edge build in Chromium and in Node: the same law, and the service's snapshot as it comes over the wire.
import { beforeAll, describe, expect, inject, test } from 'vitest'
import { comparable, conformanceSuites } from '../../../evaluation/test/conformance.ts'
import { createEdgeClient } from '../../src/edge/index.ts'
import { admin, createFlag, createKey, kill, ramp } from '../live/given.ts'

describe.each(conformanceSuites())('conformance of the edge build: $name', ({ snapshot, cases }) => {
  const client = createEdgeClient({ snapshot })
  test.each(cases)('$name', ({ flag, user, fallback = null, expect: expected }) => {
    const { value, ...explanation }: Record<string, unknown> = { ...client.explain(flag, user) }
    const answer = { ...explanation, value: explanation['variant'] === undefined ? fallback : value }
    expect(comparable(answer, expected)).toEqual(expected)
  })
})

describe('with the service', () => {
  const flag = `edge-${crypto.getRandomValues(new Uint32Array(1))[0]}`
  let sdkKey: string
  // A page would not be let read a snapshot: only servers and the edge fetch it.
  const isPage = 'document' in globalThis
  beforeAll(async () => {
    sdkKey = await createKey('server')
    await createFlag(flag)
    await ramp(flag, 100_000)
  })

  test.skipIf(isPage)('fetches when asked, follows, never goes back, and reports what was used once', async () => {
    const client = createEdgeClient({ url: inject('serviceUrl'), sdkKey, maxAgeMs: 0 })
    expect(client.isEnabled(flag, 'ann')).toBe(false)
    await expect.poll(async () => (await client.refresh(), client.variant(flag, 'ann'))).toBe('on')
    expect(await client.refresh()).toBe(false)
    expect(client.isEnabled(flag, 'ann')).toBe(true)
    await client.flush()
    await client.flush()
    const used = (await admin('GET', `/flags/${flag}/environments/production/exposures`)).total
    expect(used).toBeGreaterThanOrEqual(2)
    await kill(flag)
    await expect.poll(async () => (await client.refresh(), client.isEnabled(flag, 'ann', true))).toBe(false)
  })

  test('goes on with what it has while the service is away', async () => {
    const [suite] = conformanceSuites()
    const client = createEdgeClient({
      url: 'http://127.0.0.1:9',
      sdkKey: 'rps_x',
      ...(suite && { snapshot: suite.snapshot }),
    })
    expect(await client.refresh()).toBe(false)
    expect(Object.keys(client.allFlags('ann')).length).toBeGreaterThan(10)
    await client.flush()
    expect(() => createEdgeClient({})).toThrow(/url and sdkKey/)
  })
})
