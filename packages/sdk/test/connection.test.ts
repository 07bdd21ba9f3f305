// What the connection does when the network does not do well. Time is fake: `until` moves it.
import { HttpResponse } from 'msw'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Client } from '../src/index.ts'
import { eventually, flagOf, LATER_EPOCH, patchOf, STREAM_HEADERS, useFakeService } from './fake-service.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] })
})
const service = useFakeService()
afterEach(() => {
  vi.useRealTimers()
})

async function streaming(client: Client): Promise<Client> {
  await until(2_000, () => expect(client.status().state).toBe('streaming'))
  return client
}

/** Lets time pass, and whatever it set in motion end. */
async function pass(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms)
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

/** Lets time pass in small steps until `assert` no longer throws; after `withinMs` it may. */
async function until(withinMs: number, assert: () => void): Promise<void> {
  const step = Math.max(50, withinMs / 200)
  for (let elapsed = 0; elapsed < withinMs; elapsed += step) {
    try {
      return assert()
    } catch {
      await pass(step)
    }
  }
  assert()
}

const neverAnswers = () => new Promise<never>(() => undefined)

describe('a client that is behind', () => {
  test('fetches the snapshot after a gap, with the stream kept open', async () => {
    service.flags = [flagOf('a')]
    const client = await streaming(service.client())
    service.revision = 9
    service.flags = [flagOf('a', { revision: 9, on: false })]
    service.stream.send('patch', patchOf(8, 9, service.flags))
    await until(2_000, () => expect(client.isEnabled('a', 'ann')).toBe(false))
    expect(client.status()).toMatchObject({ state: 'streaming', revision: 9 })
    expect(service.streams).toHaveLength(1)
  })

  test('fetches within the spread of a reset, and obeys kills meanwhile', async () => {
    service.flags = [flagOf('a')]
    const client = await streaming(service.client())
    service.revision = 5
    service.stream.send('reset', { epoch: service.epoch, revision: 5, spreadMs: 60_000_000 })
    service.stream.send('kill', { epoch: service.epoch, flag: 'a', revision: 6 })
    await until(2_000, () => expect(client.isEnabled('a', 'ann')).toBe(false))
    expect(service.asked('/sdk/v1/snapshot')).toHaveLength(1)
  })

  test('follows a new epoch back to a smaller revision', async () => {
    Object.assign(service, { revision: 90, flags: [flagOf('a', { revision: 90 })] })
    const client = await streaming(service.client())
    Object.assign(service, { epoch: LATER_EPOCH, revision: 3, flags: [flagOf('a', { revision: 3, on: false })] })
    service.stream.send('reset', { epoch: LATER_EPOCH, revision: 3, spreadMs: 0 })
    await until(2_000, () => expect(client.isEnabled('a', 'ann')).toBe(false))
    expect(client.status()).toMatchObject({ epoch: LATER_EPOCH, revision: 3 })
  })

  test('fetches again when the snapshot is older than what the stream has told of', async () => {
    service.flags = [flagOf('a')]
    const client = await streaming(service.client())
    service.revision = 2
    service.stream.send('patch', patchOf(3, 4, []))
    await until(2_000, () => expect(service.asked('/sdk/v1/snapshot').length).toBeGreaterThan(1))
    service.revision = 4
    await eventually(() => expect(client.status()).toMatchObject({ state: 'streaming', revision: 4 }))
  })

  test('ignores a replica that lags', async () => {
    Object.assign(service, { revision: 9, flags: [flagOf('a', { revision: 9 })] })
    const client = await streaming(service.client())
    service.stream.send('reset', { epoch: service.epoch, revision: 7, spreadMs: 0 })
    service.stream.send('patch', patchOf(7, 8, [flagOf('a', { revision: 8, on: false })]))
    service.stream.send('patch', patchOf(9, 10, [flagOf('b', { revision: 10 })]))
    await until(2_000, () => expect(client.isEnabled('b', 'ann')).toBe(true))
    expect(client.isEnabled('a', 'ann')).toBe(true)
    expect(service.asked('/sdk/v1/snapshot')).toHaveLength(1)
  })
})

describe('a stream', () => {
  test('that ends is opened again from where it was, without a snapshot', async () => {
    const client = await streaming(service.client())
    service.stream.send('patch', patchOf(1, 2, [flagOf('a', { revision: 2 })]))
    await until(2_000, () => expect(client.isEnabled('a', 'ann')).toBe(true))
    service.revision = 2
    service.stream.end()
    await until(3_000, () => expect(service.streams).toHaveLength(2))
    expect(service.stream.lastEventId).toBe(`${service.epoch}.2`)
    expect(service.asked('/sdk/v1/snapshot')).toHaveLength(1)
    await streaming(client)
  })

  test('that is silent for three heartbeats is given up; heartbeats keep it', async () => {
    const client = await streaming(service.client())
    for (let count = 0; count < 5; count += 1) {
      await pass(40_000)
      service.stream.sendRaw(': hb\n\n')
      await pass(0)
    }
    expect(service.streams).toHaveLength(1)
    await pass(46_000)
    await until(1_000, () => expect(service.streams[0]?.cancelled).toBe(true))
    // It had worked for a minute: it may be that a replica died, and ten thousand others lost theirs.
    await until(12_000, () => expect(service.streams).toHaveLength(2))
    await streaming(client)
  })

  test.each([
    ['JSON that is torn', 'event: patch\ndata: {"epoch":\n\n'],
    ['a patch of the wrong shape', 'event: patch\ndata: {"epoch":"x"}\n\n'],
  ])('that says %s is dropped for a full snapshot, and nothing is lost', async (_, frame) => {
    service.flags = [flagOf('a')]
    const client = await streaming(service.client())
    service.stream.sendRaw(frame)
    await until(3_000, () => expect(service.streams).toHaveLength(2))
    const [, again] = service.asked('/sdk/v1/snapshot')
    expect(again?.headers.get('If-None-Match')).toBe(null)
    expect(client.isEnabled('a', 'ann')).toBe(true)
    expect(service.warnings.join()).toContain('cannot be read')
    await streaming(client)
  })

  test.each([5, 40])('that breaks every %d seconds is opened again and misses nothing', async (seconds) => {
    const client = await streaming(service.client())
    for (let revision = 2; revision < 12; revision += 1) {
      await pass(seconds * 1_000)
      service.stream.end()
      Object.assign(service, { revision, flags: [flagOf('a', { revision, on: revision % 2 === 0 })] })
      await until(40_000, () => expect(client.isEnabled('a', 'ann')).toBe(revision % 2 === 0))
      await streaming(client)
    }
    expect(service.warnings).toEqual([])
  })

  test('whose service takes its leave is opened again when that said', async () => {
    await streaming(service.client())
    service.stream.sendRaw('retry: 25000\n: goodbye\n\n')
    service.stream.end()
    await pass(24_000)
    expect(service.streams).toHaveLength(1)
    await until(10_000, () => expect(service.streams).toHaveLength(2))
  })

  test('that nothing comes through of is replaced by polling, until it works again', async () => {
    service.flags = [flagOf('a')]
    service.onStream = () => new HttpResponse(new ReadableStream(), { headers: STREAM_HEADERS })
    const client = service.client({ pollIntervalMs: 20_000 })
    await until(90_000, () => expect(service.warnings.join()).toContain('no stream can be kept open'))
    expect(client.status().state).toBe('polling')

    Object.assign(service, { revision: 2, flags: [flagOf('a', { revision: 2, on: false })] })
    await until(60_000, () => expect(client.isEnabled('a', 'ann')).toBe(false))
    expect(client.status().source).toBe('poll')
    expect(service.asked('/sdk/v1/snapshot').at(-1)?.headers.get('If-None-Match')).toBe(`W/"${service.epoch}.1"`)

    service.onStream = undefined
    await until(60_000, () => expect(client.status().state).toBe('streaming'))
  })

  test('that is no event stream counts as none', async () => {
    service.onStream = () => HttpResponse.html('<h1>Welcome</h1>')
    const client = service.client()
    await until(2_000, () => expect(client.status().problem).toContain('does not answer with an event stream'))
  })
})

test('a wall clock that jumps a day to and fro disturbs nothing', async () => {
  service.flags = [flagOf('a')]
  const client = await streaming(service.client())
  for (const days of [1, -2, 1]) {
    vi.setSystemTime(Date.now() + days * 86_400_000)
    await pass(10_000)
    service.stream.sendRaw(': hb\n\n')
    await pass(0)
  }
  expect(service.streams).toHaveLength(1)
  expect(client.status()).toMatchObject({ state: 'streaming', source: 'stream' })
})

describe('the service', () => {
  test('away at start: ready ends at its limit, defaults are served, and it comes back by itself', async () => {
    service.onSnapshot = () => HttpResponse.error()
    service.flags = [flagOf('a')]
    const client = service.client()
    const ready = client.ready({ timeoutMs: 100 })
    await pass(100)
    expect(await ready).toMatchObject({ source: 'default' })
    expect(client.isEnabled('a', 'ann', true)).toBe(true)
    expect(client.explain('a', 'ann')).toMatchObject({ reason: 'ERROR', errorCode: 'PROVIDER_NOT_READY' })
    service.onSnapshot = undefined
    await until(10_000, () => expect(client.status().source).toBe('stream'))
  })

  test('that never answers is given up after ten seconds', async () => {
    service.onSnapshot = neverAnswers
    const client = service.client()
    await pass(9_000)
    expect(client.status().state).toBe('connecting')
    await until(2_000, () => expect(client.status().problem).toContain('no answer in time'))
  })

  test('that stops in the middle of a snapshot is given up after ten seconds', async () => {
    const body = new ReadableStream({ start: (body) => body.enqueue(new Uint8Array([123])) })
    service.onSnapshot = () => new HttpResponse(body, { headers: { 'Transfer-Encoding': 'chunked' } })
    const client = service.client()
    await until(20_000, () => expect(client.status().problem).toContain('stalled'))
  })

  test('that lets a snapshot drip is given up after five minutes', async () => {
    let drips = 0
    let isDripping = true
    function drip(): Response {
      const body = new ReadableStream<Uint8Array>({
        async pull(controller) {
          await new Promise((resolve) => setTimeout(resolve, 5_000))
          drips += 1
          controller.enqueue(Uint8Array.of(0x20))
        },
      })
      return new Response(body)
    }
    const client = service.client({ fetch: async (...request) => (isDripping ? drip() : fetch(...request)) })
    await vi.advanceTimersByTimeAsync(290_000)
    expect(drips).toBeGreaterThan(50)
    expect(client.status().problem).toBeUndefined()
    isDripping = false
    await until(11_000, () => expect(client.status().problem).toContain('takes too long'))
    await until(5_000, () => expect(client.status().state).toBe('streaming'))
  })

  test('that refuses the key at start: ready settles at once, and the key is tried again within five minutes', async () => {
    service.onSnapshot = () => new HttpResponse(null, { status: 401 })
    service.flags = [flagOf('a')]
    const client = service.client()
    const ready = client.ready()
    await pass(1)
    expect(await ready).toMatchObject({ state: 'refused', source: 'default' })
    expect(service.warnings.join()).toContain('refuses the SDK key (401)')
    await pass(149_000)
    expect(service.asked('/sdk/v1/snapshot')).toHaveLength(1)
    service.onSnapshot = undefined
    await pass(152_000)
    await until(2_000, () => expect(client.isEnabled('a', 'ann')).toBe(true))
  })

  test('that refuses the key later in life changes no value', async () => {
    service.flags = [flagOf('a')]
    const client = await streaming(service.client())
    service.onStream = () => new HttpResponse(null, { status: 403 })
    service.stream.end()
    await until(3_000, () => expect(client.status().state).toBe('refused'))
    expect(client.isEnabled('a', 'ann')).toBe(true)
  })

  test('that is busy is left alone as long as it asked', async () => {
    service.onSnapshot = () => new HttpResponse(null, { status: 503, headers: { 'Retry-After': '20' } })
    const client = service.client()
    await until(2_000, () => expect(client.status().problem).toContain('busy'))
    service.onSnapshot = undefined
    await pass(19_000)
    expect(service.asked('/sdk/v1/snapshot')).toHaveLength(1)
    await pass(7_000)
    expect(service.asked('/sdk/v1/snapshot')).toHaveLength(2)
  })

  test('that redirects is not followed, so that the key goes nowhere else', async () => {
    service.onSnapshot = () =>
      new HttpResponse(null, { status: 302, headers: { Location: 'https://flags.test/elsewhere' } })
    const client = service.client()
    await until(2_000, () => expect(client.status().problem).toContain('redirect'))
    expect(service.elsewhere).toEqual([])
  })

  test.each([
    ['a page of HTML', () => HttpResponse.html('<!doctype html><title>Sign in</title>'), 'not a snapshot'],
    ['a torn snapshot', () => HttpResponse.text('{"rampart":1,"epoch":"a","revision":1}\n'), 'ends too soon'],
    ['304 to nothing', () => new HttpResponse(null, { status: 304 }), '304'],
    ['an error', () => new HttpResponse(null, { status: 500 }), 'status 500'],
  ])('that answers %s changes nothing', async (_, answer, problem) => {
    service.flags = [flagOf('a')]
    const client = await streaming(service.client())
    service.onSnapshot = answer
    service.stream.send('reset', { epoch: LATER_EPOCH, revision: 1, spreadMs: 0 })
    service.onStream = answer
    if (problem === '304') service.stream.sendRaw('event: patch\ndata: \n\n')
    await until(5_000, () => expect(client.status().problem).toContain(problem))
    expect(client.isEnabled('a', 'ann')).toBe(true)
  })

  test('that sends an empty environment by mistake is not believed', async () => {
    service.flags = [flagOf('a')]
    const client = await streaming(service.client())
    service.onSnapshot = () =>
      HttpResponse.text(`{"rampart":1,"epoch":"${service.epoch}","revision":2}\n{"end":{"flags":0,"segments":0}}\n`)
    service.stream.send('reset', { epoch: service.epoch, revision: 2, spreadMs: 0 })
    await until(2_000, () => expect(service.warnings.join()).toContain('did not say that it is empty'))
    expect(client.isEnabled('a', 'ann')).toBe(true)
  })
})

test('a day without service changes no value, and an answer never waits for it', async () => {
  const away = vi.fn<typeof fetch>(() => Promise.reject(new TypeError('fetch failed')))
  let isAway = false
  service.flags = [
    flagOf('a'),
    flagOf('b', { defaultServe: { rollout: { weight: 50_000, split: [{ variant: 'on', weight: 100_000 }] } } }),
  ]
  const client = await streaming(
    service.client({
      flushIntervalMs: 600_000,
      fetch: (...request) => (isAway ? away(...request) : fetch(...request)),
    }),
  )
  const users = Array.from({ length: 200 }, (_, index) => `user-${index}`)
  const answers = () => users.map((user) => [client.isEnabled('a', user), client.isEnabled('b', user)])
  const before = answers()
  isAway = true
  service.stream.end()
  for (let hour = 0; hour < 24; hour += 1) {
    await vi.advanceTimersByTimeAsync(3_600_000)
    const [calls, timers] = [away.mock.calls.length, vi.getTimerCount()]
    // The same answers, and no request and no timer for them: an answer takes as long as it did while the service was there.
    expect(answers()).toEqual(before)
    expect([away.mock.calls.length, vi.getTimerCount()]).toEqual([calls, timers])
  }
  // Neither a storm nor a surrender: two tries a minute or so, all day.
  const tries = away.mock.calls.filter(([url]) => !String(url).includes('telemetry')).length
  expect(tries).toBeGreaterThan(1_440)
  expect(tries).toBeLessThan(2 * 2_880)
  isAway = false
  await until(90_000, () => expect(client.status().state).toBe('streaming'))
})
