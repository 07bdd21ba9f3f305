import { afterEach, expect, test, vi } from 'vitest'
import type { DarkReport } from '../src/index.ts'
import { flagOf, useFakeService } from './fake-service.ts'

const service = useFakeService()

afterEach(() => vi.restoreAllMocks())

function clientWith(on = true) {
  return service.client({
    bootstrap: {
      epoch: 'E',
      revision: 1,
      project: 'p',
      environment: 'e',
      flags: [flagOf('new-search', { on })],
      segments: [],
    },
    url: 'http://127.0.0.1:9',
  })
}

function fail(): unknown {
  throw new Error('dark')
}

/** Runs once and resolves with its report. */
function reportOf<Live, Dark>(run: {
  live(): Live
  dark(signal: AbortSignal): Dark
  timeoutMs?: number
  compare?: (live: never, dark: never) => boolean
}) {
  return new Promise<DarkReport>((resolve) => {
    const served = () => clientWith().dark('new-search', 'ann', { ...run, onReport: resolve })
    try {
      const result: unknown = served()
      if (result instanceof Promise) result.catch(() => undefined)
    } catch {
      // What live throws is the caller's.
    }
  })
}

test('serves live, at once and as it is, and runs dark after it', async () => {
  const order: string[] = []
  const report = await new Promise<DarkReport>((resolve) => {
    const served = clientWith().dark('new-search', 'ann', {
      live: () => (order.push('live'), [1, 2]),
      dark: async () => (order.push('dark'), [1, 2]),
      onReport: resolve,
    })
    order.push('served')
    expect(served).toEqual([1, 2])
  })
  expect(order).toEqual(['live', 'served', 'dark'])
  expect(report).toMatchObject({ flag: 'new-search', outcome: 'same', live: [1, 2], dark: [1, 2] })
})

test('runs live alone for users that do not have the flag, and before init', async () => {
  const dark = vi.fn<() => number>()
  expect(clientWith(false).dark('new-search', 'ann', { live: () => 1, dark })).toBe(1)
  expect(clientWith().dark('no-such-flag', 'ann', { live: () => 2, dark })).toBe(2)
  await new Promise((resolve) => setTimeout(resolve, 5))
  expect(dark).not.toHaveBeenCalled()
})

const SIDES: [string, () => unknown, string][] = [
  ['another answer', () => 2, 'different'],
  ['an exception', fail, 'failed'],
  ['a rejection', () => Promise.reject(new Error('dark')), 'failed'],
  ['the same answer', () => Promise.resolve(1), 'same'],
]

test.each(SIDES)('%s of the dark side is reported and felt by nobody', async (_, dark, outcome) => {
  expect((await reportOf({ live: () => 1, dark })).outcome).toBe(outcome)
  expect((await reportOf({ live: async () => 1, dark })).outcome).toBe(outcome)
})

test('what live throws is thrown, and reported when the dark side does better', async () => {
  const client = clientWith()
  const problem = new Error('live')
  const report = await new Promise<DarkReport>((resolve) => {
    expect(() =>
      client.dark('new-search', 'ann', {
        live() {
          throw problem
        },
        dark: () => 1,
        onReport: resolve,
      }),
    ).toThrow(problem)
  })
  expect(report).toMatchObject({ outcome: 'different', liveError: problem, dark: 1 })
  expect(
    (
      await reportOf({
        live: () => Promise.reject(problem),
        dark() {
          throw problem
        },
      })
    ).outcome,
  ).toBe('same')
})

test('a dark side that hangs is told to stop, and called no more when its places are taken', async () => {
  let told: unknown
  const client = clientWith()
  const hang = (signal: AbortSignal): Promise<unknown> =>
    new Promise(() =>
      signal.addEventListener('abort', () => {
        told = signal.reason
      }),
    )
  const outcomes: string[] = []
  const reported = new Promise<void>((resolve) => {
    for (let call = 0; call < 5; call++) {
      client.dark('new-search', 'ann', {
        live: () => call,
        dark: hang,
        timeoutMs: 20,
        concurrency: 2,
        onReport: ({ outcome }) => outcomes.push(outcome) === 5 && resolve(),
      })
    }
  })
  await reported
  expect(outcomes.sort()).toEqual(['failed', 'failed', 'skipped', 'skipped', 'skipped'])
  expect(String(told)).toContain('20 ms')
})

test('a comparison that throws is a difference; one of the own decides', async () => {
  const compare = () => {
    throw new Error('compare')
  }
  expect((await reportOf({ live: () => 1, dark: () => 1, compare })).outcome).toBe('different')
  expect((await reportOf({ live: () => 1, dark: () => 2, compare: () => true })).outcome).toBe('same')
})

test('reports rates and times as metrics, of both sides', async () => {
  service.flags = [flagOf('new-search')]
  const client = service.client()
  await client.ready()
  for (const answer of [1, 1, 2]) {
    await new Promise((resolve) =>
      client.dark('new-search', 'ann', { live: () => 1, dark: () => answer, onReport: resolve }),
    )
  }
  const sent: { metric: string; count: number; sum: number }[] = []
  service.onTelemetry = async ({ request }) => {
    sent.push(...(JSON.parse(await request.clone().text()).metrics ?? []))
    return undefined
  }
  await client.flush()
  expect(sent.map(({ metric }) => metric).sort()).toEqual(
    ['dark-error', 'dark-ms', 'difference', 'live-error', 'live-ms'].map((name) => `new-search.${name}`),
  )
  expect(sent.find(({ metric }) => metric === 'new-search.difference')).toMatchObject({ count: 3, sum: 1 })
  expect(sent.find(({ metric }) => metric === 'new-search.dark-error')).toMatchObject({ count: 3, sum: 0 })
})

test('a listener that throws, or rejects, ends nothing', async () => {
  const client = clientWith()
  client.dark('new-search', 'ann', {
    live: () => 1,
    dark: () => 1,
    onReport: () => Promise.reject(new Error('no')) as never,
  })
  expect((await reportOf({ live: () => 1, dark: () => 1 })).outcome).toBe('same')
})
