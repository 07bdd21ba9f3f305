// Metrics by the variant of whoever they are about, and what attributes users have.
import type { FlagDocument } from '@rampart/evaluation'
import { expect, test } from 'vitest'
import type { Client } from '../src/index.ts'
import { type Batch, EPOCH, eventually, flagOf, patchOf, useFakeService } from './fake-service.ts'

const service = useFakeService()

const share = (weight: number) => ({ rollout: { weight, split: [{ variant: 'on', weight: 100_000 }] } })
const half = (key: string, more: Partial<FlagDocument> = {}) => flagOf(key, { defaultServe: share(50_000), ...more })
const people = Array.from({ length: 200 }, (_, number) => `person-${number}`)

async function ready(...flags: FlagDocument[]): Promise<Client> {
  service.flags = flags
  const client = service.client({ flushIntervalMs: 86_400_000 })
  await eventually(() => expect(client.status().state).toBe('streaming'))
  return client
}

async function sent(client: Client): Promise<Batch[]> {
  await client.flush()
  return service.batches.splice(0)
}

const byVariant = (batches: Batch[]) =>
  Object.fromEntries(
    batches
      .flatMap((batch) => batch.metrics ?? [])
      .filter(({ flag }) => flag !== undefined)
      .map(({ flag, variant, metric, count, sum }) => [`${flag} ${variant} ${metric}`, [count, sum]]),
  )

test('tells what was tracked of those who get a flag apart from those who do not', async () => {
  const client = await ready(half('checkout'), half('nobody-asks'), flagOf('everybody'))
  const isIn = new Map(people.map((person) => [person, client.isEnabled('checkout', person)]))
  client.isEnabled('everybody', 'ann')
  await sent(client)
  for (const person of people) client.track('latency', person, isIn.get(person) ? 100 : 10)
  const inside = [...isIn.values()].filter(Boolean).length
  const batches = await sent(client)
  expect(byVariant(batches)).toEqual({
    'checkout on latency': [inside, inside * 100],
    'checkout off latency': [200 - inside, (200 - inside) * 10],
  })
  const everybody = batches.flatMap((batch) => batch.metrics ?? []).find(({ flag }) => flag === undefined)
  expect(everybody).toMatchObject({ metric: 'latency', count: 200 })
  // Nobody is divided by it any more.
  service.stream.send('patch', patchOf(1, 2, [{ ...flagOf('checkout'), revision: 2, allocation: 2 }]))
  await eventually(() => expect(client.status().revision).toBe(2))
  client.track('latency', 'ann', 1)
  await sent(client)
  client.track('latency', 'ann', 1)
  expect(byVariant(await sent(client))).toEqual({})
})

test('compares the sixteen flags that were changed last', async () => {
  const flags = Array.from({ length: 20 }, (_, number) => half(`flag-${number}`, { revision: number + 1 }))
  service.revision = 20
  const client = await ready(...flags)
  for (const { key } of flags) client.isEnabled(key, 'ann')
  await sent(client)
  client.track('purchase', 'ann')
  const keys = Object.keys(byVariant(await sent(client))).map((text) => text.split(' ')[0])
  expect(new Set(keys)).toEqual(new Set(flags.slice(4).map(({ key }) => key)))
})

test('counts above the limits of a running ramp, and none where there are none', async () => {
  // 100 lies in bin 231 of the histogram, 1 000 in bin 346.
  const limits = { latency: { over95: 231, over99: 346, cap: 500 }, broken: 'yes' as never }
  const client = await ready(half('checkout', { ramp: { rule: null, limits } }))
  for (const value of [0, 50, 100, 200, 2_000]) client.track('latency', 'ann', value)
  client.track('broken', 'ann', 5)
  client.track('other', 'ann', 5)
  const ramps = (await sent(client)).flatMap((batch) => batch.ramps ?? [])
  const rowOf = (metric: string) => ramps.find((row) => row.metric === metric)?.subBuckets[0]?.slice(1)
  expect(rowOf('latency')).toEqual([1, 5, 2_350, expect.any(Number), 2, 1, 850])
  expect(rowOf('broken')).toHaveLength(4)
  expect(rowOf('other')).toHaveLength(4)
})

test('shows names and types of one user of each flush, never a value, and answers as ever', async () => {
  const client = await ready(half('checkout'))
  const user = {
    key: 'ann@example.com',
    country: 'Utopia',
    age: 41,
    staff: true,
    groups: ['secret'],
    since: '2026-01-31T10:00:00Z',
    org: { plan: 'gold', deep: { deeper: 1 } },
    nothing: null,
  }
  const before = client.isEnabled('checkout', user)
  expect((await sent(client))[0]).not.toHaveProperty('attributes')
  for (let time = 0; time < 3; time += 1) expect(client.isEnabled('checkout', user)).toBe(before)
  const [batch] = await sent(client)
  expect(batch?.attributes).toEqual([
    ['country', 'text'],
    ['age', 'number'],
    ['staff', 'boolean'],
    ['groups', 'list'],
    ['since', 'date'],
    ['org.plan', 'text'],
  ])
  expect(batch?.exposures).toEqual([{ flag: 'checkout', variant: before ? 'on' : 'off', allocation: 1, count: 3 }])
  expect(batch).toMatchObject({ epoch: EPOCH, revision: 1 })
  const bodies = service.asked('/sdk/v1/telemetry').map(({ body }) => body)
  expect(bodies.join()).not.toMatch(/Utopia|41,|secret|gold|ann@/)
  // What was told is not told again.
  client.isEnabled('checkout', { ...user, city: 'x' })
  expect((await sent(client))[0]?.attributes).toEqual([['city', 'text']])
})

test('a flag that waits to show a user is served, counted and changed like any other', async () => {
  const client = await ready(half('checkout'), half('other'))
  client.isEnabled('checkout', 'ann')
  await sent(client)
  expect(Object.keys(client.allFlags('ann')).sort()).toEqual(['checkout', 'other'])
  client.isEnabled('checkout', 'ann')
  await sent(client)
  service.stream.send('patch', patchOf(1, 2, [{ ...flagOf('checkout'), revision: 2, allocation: 2 }]))
  await eventually(() => expect(client.status().revision).toBe(2))
  expect(client.isEnabled('checkout', 'ann')).toBe(true)
  const hostile = new Proxy(
    {},
    {
      ownKeys: () => {
        throw new Error('no')
      },
    },
  )
  await sent(client)
  expect(client.isEnabled('checkout', hostile)).toBe(true)
  expect((await sent(client))[0]?.exposures).toMatchObject([{ flag: 'checkout', allocation: 2, count: 1 }])
})
