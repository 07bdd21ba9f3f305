// Exposures on their way to the service, and receipts of kills.
import { HttpResponse } from 'msw'
import { expect, test, vi } from 'vitest'
import type { Client } from '../src/index.ts'
import { type Batch, eventually, flagOf, patchOf, useFakeService } from './fake-service.ts'

const service = useFakeService()

/** A client whose exposures are sent when the test says so. */
async function ready(): Promise<Client> {
  const client = service.client({ flushIntervalMs: 86_400_000 })
  await eventually(() => expect(client.status().state).toBe('streaming'))
  return client
}

const rows = (batch: Batch | undefined) =>
  batch?.exposures.map((row) => `${row.flag} ${row.variant} @${row.allocation} x${row.count}`)

test('sends sums, never who it was', async () => {
  service.flags = [flagOf('a'), flagOf('b', { on: false })]
  const client = await ready()
  for (let user = 0; user < 1_000; user += 1) client.isEnabled('a', `person-${user}`)
  client.variant('b', { key: 'ann@example.com' })
  client.value('a', 'bob', false)
  await client.flush()
  expect(rows(service.batches[0])).toEqual(['a on @1 x1001', 'b off @1 x1'])
  const sent = service.asked('/sdk/v1/telemetry').map((request) => request.body + JSON.stringify([...request.headers]))
  expect(sent.join()).not.toMatch(/person-|ann|bob/)
  expect(JSON.parse(service.asked('/sdk/v1/telemetry')[0]?.body ?? '{}')).toMatchObject({
    seq: 1,
    sdk: { name: 'rampart-node', version: '0.1.0' },
  })
})

test('counts nothing for explain, allFlags, an unknown flag or a value of another type', async () => {
  service.flags = [flagOf('a')]
  const client = await ready()
  client.explain('a', 'ann')
  client.allFlags('ann')
  client.isEnabled('unknown', 'ann')
  client.value('a', 'ann', 'text')
  await client.flush()
  expect(service.batches).toEqual([])
})

test('sends nothing when nothing was counted, and numbers batches one by one', async () => {
  service.flags = [flagOf('a')]
  const client = await ready()
  for (const _ of [1, 2]) {
    client.isEnabled('a', 'ann')
    await client.flush()
    await client.flush()
  }
  expect(service.batches.map((batch) => batch.seq)).toEqual([1, 2])
})

test('repeats a batch byte for byte until it is acknowledged, with its age beside it', async () => {
  service.flags = [flagOf('a')]
  const client = await ready()
  const answers = [
    () => HttpResponse.error(),
    () => new HttpResponse(null, { status: 503 }),
    () => HttpResponse.html('<p>all is well</p>'),
    () => HttpResponse.json({ acknowledged: 77 }),
  ]
  for (const answer of answers) {
    service.onTelemetry = answer
    client.isEnabled('a', 'ann')
    await client.flush()
  }
  service.onTelemetry = undefined
  await client.flush()
  const first = service.asked('/sdk/v1/telemetry').filter((request) => JSON.parse(request.body).seq === 1)
  expect(first).toHaveLength(5)
  expect(new Set(first.map((request) => request.body)).size).toBe(1)
  const ages = first.map((request) => Number(request.headers.get('Rampart-Batch-Age-Ms')))
  expect(ages).toEqual(ages.toSorted((a, b) => a - b))
  expect(service.batches.map((batch) => batch.seq)).toEqual([1, 2, 3, 4])
})

test('has one batch in flight at a time', async () => {
  service.flags = [flagOf('a')]
  const client = await ready()
  let inFlight = 0
  let most = 0
  service.onTelemetry = async () => {
    inFlight += 1
    most = Math.max(most, inFlight)
    await new Promise((resolve) => setTimeout(resolve, 20))
    inFlight -= 1
    return undefined
  }
  client.isEnabled('a', 'ann')
  const first = client.flush()
  client.isEnabled('a', 'ann')
  await Promise.all([first, client.flush(), client.flush()])
  expect(most).toBe(1)
  expect(service.batches.flatMap((batch) => batch.exposures).reduce((total, row) => total + row.count, 0)).toBe(2)
})

test('a batch that the service calls wrong is dropped, counted, and holds up nothing', async () => {
  service.flags = [flagOf('a')]
  const client = await ready()
  service.onTelemetry = () => new HttpResponse(null, { status: 422 })
  for (let count = 0; count < 3; count += 1) client.isEnabled('a', 'ann')
  await client.flush()
  service.onTelemetry = undefined
  client.isEnabled('a', 'ann')
  await client.flush()
  expect(service.batches).toMatchObject([{ seq: 2, dropped: 3 }])
  expect(service.warnings.join()).toContain('a batch of exposures was dropped')
})

test('counters are carried over an edit of the same allocation and belong to their own otherwise', async () => {
  service.flags = [flagOf('a')]
  const client = await ready()
  client.isEnabled('a', 'ann')
  service.stream.send('patch', patchOf(1, 2, [flagOf('a', { revision: 2, defaultServe: { variant: 'off' } })]))
  await eventually(() => expect(client.status().revision).toBe(2))
  client.isEnabled('a', 'ann')
  await client.flush()
  expect(rows(service.batches[0])).toEqual(['a on @1 x1', 'a off @1 x1'])

  client.variant('a', 'ann')
  service.stream.send('patch', patchOf(2, 3, [flagOf('a', { revision: 3, allocation: 2 })]))
  await eventually(() => expect(client.status().revision).toBe(3))
  client.isEnabled('a', 'ann')
  await client.flush()
  expect(rows(service.batches[1])).toEqual(['a off @1 x1', 'a on @2 x1'])
})

test('counts of a flag that is archived are still sent', async () => {
  service.flags = [flagOf('a')]
  const client = await ready()
  client.isEnabled('a', 'ann')
  service.stream.send('patch', patchOf(1, 2, [], { removedFlags: [{ key: 'a', revision: 2 }] }))
  await eventually(() => expect(client.status().flags).toBe(0))
  await client.flush()
  expect(rows(service.batches[0])).toEqual(['a on @1 x1'])
})

test('many flags become several batches, each below the limit of the service', async () => {
  service.flags = Array.from({ length: 5_000 }, (_, index) => flagOf(`flag-${index}-${'x'.repeat(200)}`))
  const client = await ready()
  for (const { key } of service.flags) client.isEnabled(key, 'ann')
  await client.flush()
  expect(service.batches.map((batch) => batch.exposures.length)).toEqual([2_000, 2_000, 1_000])
  for (const { body } of service.asked('/sdk/v1/telemetry')) expect(body.length).toBeLessThan(1_000_000)
})

test('close sends the last counts, and ends within its time when the service hangs', async () => {
  service.flags = [flagOf('a')]
  const client = await ready()
  client.isEnabled('a', 'ann')
  await client.close()
  expect(rows(service.batches[0])).toEqual(['a on @1 x1'])

  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  const other = service.client({
    bootstrap: { ...service.cursor(), project: '', environment: '', flags: [flagOf('a')], segments: [] },
  })
  other.isEnabled('a', 'ann')
  service.onTelemetry = () => new Promise<never>(() => undefined)
  const closed = other.close()
  await vi.advanceTimersByTimeAsync(2_000)
  await closed
  vi.useRealTimers()
})

test('an answer that never ends does not hold up the counts for ever', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  const sent: string[] = []
  const client = service.client({
    bootstrap: { ...service.cursor(), project: '', environment: '', flags: [flagOf('a')], segments: [] },
    fetch: async (url, init) => {
      if (!String(url).endsWith('telemetry')) throw new TypeError('away')
      sent.push(String(init?.body))
      if (sent.length > 1) return Response.json({ acknowledged: 1 })
      const body = new ReadableStream({
        start: (controller) => init?.signal?.addEventListener('abort', () => controller.error(init.signal?.reason)),
      })
      return new Response(body)
    },
  })
  client.isEnabled('a', 'ann')
  await vi.advanceTimersByTimeAsync(60_000)
  expect(sent).toHaveLength(2)
  expect(sent[1]).toBe(sent[0])
  vi.useRealTimers()
})

test('a day away: the newest day is kept, what is older is dropped and counted, and all of it arrives', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] })
  let isAway = true
  const sent: { batch: Batch; ageMs: number }[] = []
  const answer: typeof fetch = async (_, init) => {
    if (isAway) throw new TypeError('fetch failed')
    const batch: Batch = JSON.parse(String(init?.body))
    sent.push({ batch, ageMs: Number(new Headers(init?.headers).get('Rampart-Batch-Age-Ms')) })
    return Response.json({ acknowledged: batch.seq, duplicate: false, ignored: 0 })
  }
  const client = service.client({
    bootstrap: { ...service.cursor(), project: '', environment: '', flags: [flagOf('a')], segments: [] },
    fetch: (url, init) =>
      String(url).endsWith('telemetry') ? answer(url, init) : Promise.reject(new TypeError('away')),
  })
  const minutes = 30 * 60
  for (let minute = 0; minute < minutes; minute += 1) {
    client.isEnabled('a', 'ann')
    await vi.advanceTimersByTimeAsync(60_000)
  }
  isAway = false
  await vi.advanceTimersByTimeAsync(60_000)
  const arrived = sent.flatMap(({ batch }) => batch.exposures).reduce((total, row) => total + row.count, 0)
  const dropped = sent.reduce((total, { batch }) => total + (batch.dropped ?? 0), 0)
  expect(arrived + dropped).toBe(minutes)
  expect(arrived).toBeGreaterThan(23.8 * 60)
  expect(arrived).toBeLessThan(24.2 * 60)
  expect(sent.length).toBeLessThan(300)
  for (const { batch, ageMs } of sent) {
    expect(batch.spanMs).toBeLessThan(6 * 60_000)
    expect(ageMs).toBeLessThanOrEqual(24 * 3_600_000 + 60_000)
  }
  vi.useRealTimers()
}, 60_000)

test('receipts that fail are tried twice more', async () => {
  service.flags = [flagOf('a')]
  const client = await ready()
  service.onReceipts = () => (service.asked('/sdk/v1/receipts').length < 3 ? HttpResponse.error() : undefined)
  service.stream.send('kill', { epoch: service.epoch, flag: 'a', revision: 2, receipt: { windowMs: 5 } })
  await eventually(() => expect(service.receipts).toEqual([{ flag: 'a', revision: 2 }]))
  expect(client.isEnabled('a', 'ann')).toBe(false)
})

test('a kill without a receipt asks nothing of the network; a late one is confirmed when its word is kept', async () => {
  service.flags = [flagOf('a', { revision: 5, killed: true, killRevision: 5 })]
  service.revision = 5
  const client = await ready()
  service.stream.send('restore', { epoch: service.epoch, flag: 'a', revision: 6 })
  await eventually(() => expect(client.isEnabled('a', 'ann')).toBe(true))
  service.stream.send('kill', { epoch: service.epoch, flag: 'a', revision: 4, receipt: { windowMs: 0 } })
  await eventually(() => expect(service.receipts).toEqual([{ flag: 'a', revision: 4 }]))
  expect(client.isEnabled('a', 'ann')).toBe(true)
  expect(service.asked('/sdk/v1/receipts')).toHaveLength(1)
})
