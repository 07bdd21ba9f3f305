// What a running ramp is judged by: the sums of its arms, and of what the application tracks.
import type { FlagDocument, Rollout } from '@rampart/evaluation'
import murmurhash from 'murmurhash'
import { expect, test } from 'vitest'
import type { Client } from '../src/index.ts'
import { type Batch, eventually, flagOf, patchOf, useFakeService } from './fake-service.ts'

const service = useFakeService()

const share = (weight: number, more: Partial<Rollout> = {}): { rollout: Rollout } => ({
  rollout: { weight, split: [{ variant: 'on', weight: 100_000 }], ...more },
})
const ramped = (more: Partial<FlagDocument> = {}) =>
  flagOf('checkout', { defaultServe: share(25_000), ramp: { rule: null }, ...more })

const people = Array.from({ length: 300 }, (_, number) => `person-${number}`)

/** The bucketing contract, by another implementation than the SDK's. */
const hashOf = (unit: string) => murmurhash.v3(unit, murmurhash.v3('checkout', 0))
const isIn = (unit: string) => Math.floor((hashOf(unit) * 100_000) / 2 ** 32) < 25_000

async function ready(...flags: FlagDocument[]): Promise<Client> {
  service.flags = flags
  const client = service.client({ flushIntervalMs: 86_400_000 })
  await eventually(() => expect(client.status().state).toBe('streaming'))
  return client
}

async function change(client: Client, from: number, flag: FlagDocument): Promise<void> {
  service.stream.send('patch', patchOf(from, from + 1, [{ ...flag, revision: from + 1 }]))
  await eventually(() => expect(client.status().revision).toBe(from + 1))
}

/** Everything sent since the last call, in the order of arrival. */
async function sent(client: Client): Promise<Pick<Batch, 'exposures'> & Required<Pick<Batch, 'ramps' | 'metrics'>>> {
  await client.flush()
  const batches = service.batches.splice(0)
  return {
    exposures: batches.flatMap((batch) => batch.exposures),
    ramps: batches.flatMap((batch) => batch.ramps ?? []),
    metrics: batches.flatMap((batch) => batch.metrics ?? []),
  }
}

const total = (row: { subBuckets: number[][] } | undefined, field: number) =>
  row?.subBuckets.reduce((sum, numbers) => sum + (numbers[field] ?? 0), 0) ?? 0
/** Units by arm, for exposures. */
const arms = (ramps: Batch['ramps'] = []) =>
  Object.fromEntries(ramps.filter((row) => !row.metric).map((row) => [row.variant ?? 'control', total(row, 1)]))

test('counts the first exposure of each unit, by arm and sub-bucket', async () => {
  const client = await ready(ramped())
  for (const _ of [1, 2]) for (const person of people) client.isEnabled('checkout', person)
  const { exposures, ramps } = await sent(client)
  expect(exposures.reduce((sum, row) => sum + row.count, 0)).toBe(600)
  const expected = (wanted: boolean) => {
    const counts = new Map<number, number>()
    for (const person of people) {
      const subBucket = hashOf(person) & 127
      if (isIn(person) === wanted) counts.set(subBucket, (counts.get(subBucket) ?? 0) + 1)
    }
    return [...counts].sort(([a], [b]) => a - b)
  }
  expect(ramps).toEqual([
    { flag: 'checkout', allocation: 1, variant: null, subBuckets: expected(false) },
    { flag: 'checkout', allocation: 1, variant: 'on', subBuckets: expected(true) },
  ])
  client.isEnabled('checkout', 'person-7')
  expect((await sent(client)).ramps).toEqual([])
})

test('counts nobody about whom the ramp does not decide', async () => {
  const client = await ready(
    flagOf('needed', { on: false }),
    ramped({
      targets: [{ variant: 'on', keys: ['person-0'] }],
      rules: [
        {
          id: 'staff',
          conditions: [{ op: 'in', attribute: 'staff', values: [true] }],
          serve: { variant: 'on' },
        },
      ],
    }),
    flagOf('other', {
      defaultServe: share(50_000),
      ramp: { rule: null },
      prerequisites: [{ flag: 'needed', variants: ['on'] }],
    }),
    flagOf('unramped', { defaultServe: share(50_000) }),
    flagOf('strange', { defaultServe: share(50_000), ramp: 'yes' as never }),
  )
  const nobody = [undefined, {}, 'person-0', { key: 'person-1', staff: true }]
  for (const flag of ['checkout', 'other', 'unramped', 'strange']) {
    for (const user of nobody) client.isEnabled(flag, user)
  }
  for (const user of nobody) client.track('purchase', user)
  client.isEnabled('other', 'person-2')
  const { ramps, metrics } = await sent(client)
  expect(ramps).toEqual([])
  expect(metrics).toMatchObject([{ metric: 'purchase', count: 4 }])
  client.isEnabled('checkout', { key: 'person-1', staff: false })
  expect((await sent(client)).ramps).toHaveLength(1)
})

test('whom a rollout passes on is its control, whatever a later rule gives them', async () => {
  const rule = (id: string, country: string, serve: FlagDocument['defaultServe']) => ({
    id,
    conditions: [{ op: 'in' as const, attribute: 'country', values: [country] }],
    serve,
  })
  const client = await ready(
    ramped({
      rules: [rule('r1', 'DE', share(25_000, { otherwise: 'next' })), rule('r2', 'DE', { variant: 'on' })],
      defaultServe: { variant: 'off' },
      ramp: { rule: 'r1' },
    }),
  )
  for (const key of people) {
    client.isEnabled('checkout', { key, country: 'DE' })
    client.isEnabled('checkout', { key: `${key}-abroad`, country: 'FR' })
  }
  const inside = people.filter(isIn).length
  expect(arms((await sent(client)).ramps)).toEqual({ control: people.length - inside, on: inside })
})

test('what is tracked counts for everybody, and for the arm of the user', async () => {
  const client = await ready(ramped())
  const inside = people.find(isIn) ?? ''
  const outside = people.find((person) => !isIn(person)) ?? ''
  client.track('latency', inside, 200)
  client.track('latency', inside, 300)
  client.track('latency', outside, 0.01)
  client.track('purchase', { key: outside })
  const { ramps, metrics, exposures } = await sent(client)
  expect(exposures).toEqual([])
  const binOf = (value: number) => Math.ceil(Math.log(value) / Math.log(1.01 / 0.99))
  expect(metrics).toEqual([
    {
      metric: 'latency',
      count: 3,
      sum: 500.01,
      zeros: 0,
      bins: [200, 300, 0.01].map((value) => [binOf(value), 1]),
    },
    { metric: 'purchase', count: 1, sum: 1, zeros: 0, bins: [] },
  ])
  const row = { flag: 'checkout', allocation: 1 }
  expect(ramps).toEqual([
    { ...row, variant: null, metric: 'latency', subBuckets: [[hashOf(outside) & 127, 1, 1, 0.01, Math.log(0.1)]] },
    { ...row, variant: null, metric: 'purchase', subBuckets: [[hashOf(outside) & 127, 1, 1, 1, 0]] },
    {
      ...row,
      variant: 'on',
      metric: 'latency',
      subBuckets: [[hashOf(inside) & 127, 1, 2, 500, Math.log(200) + Math.log(300)]],
    },
  ])
})

test('an allocation has sums of its own, and a kill does not end them', async () => {
  const client = await ready(ramped())
  client.isEnabled('checkout', 'person-1')
  await change(client, 1, ramped({ killed: true, killRevision: 2 }))
  client.isEnabled('checkout', 'person-1')
  client.isEnabled('checkout', 'person-2')
  await change(client, 2, ramped({ killRevision: 3 }))
  client.isEnabled('checkout', 'person-1')
  expect(arms((await sent(client)).ramps)).toEqual({ control: 1 })

  client.isEnabled('checkout', 'person-2')
  await change(client, 3, ramped({ defaultServe: share(50_000), allocation: 2 }))
  client.isEnabled('checkout', 'person-1')
  const { ramps } = await sent(client)
  expect(ramps.map(({ allocation, subBuckets }) => [allocation, subBuckets.length])).toEqual([
    [1, 1],
    [2, 1],
  ])

  await change(client, 4, ramped({ defaultServe: share(50_000), allocation: 2, ramp: undefined } as never))
  client.isEnabled('checkout', 'person-3')
  client.track('purchase', 'person-3')
  expect((await sent(client)).ramps).toEqual([])
})

test('no id leaves the process', async () => {
  const client = await ready(ramped())
  for (const person of people) {
    client.isEnabled('checkout', { key: person, email: `${person}@example.com` })
    client.track('purchase', person, 12.5)
  }
  await client.flush()
  expect(
    service
      .asked('/sdk/v1/telemetry')
      .map((request) => request.body)
      .join(),
  ).not.toContain('person-')
})

test('names, values and users that make no sense cost a warning at most', async () => {
  const client = await ready(ramped())
  const hostile = Object.defineProperty({}, 'key', {
    get() {
      throw new Error('mine')
    },
  })
  client.track('a', hostile)
  client.track('a', 'ann', Number.NaN)
  client.track('a', 'ann', -5)
  client.track('', 'ann')
  client.track(undefined as never, 'ann')
  client.isEnabled('checkout', hostile)
  for (let number = 0; number < 40; number += 1) client.track(`order-${number}`, 'ann')
  const { metrics } = await sent(client)
  expect(metrics).toHaveLength(32)
  expect(metrics[0]).toMatchObject({ metric: 'a', count: 2, sum: -4, zeros: 1, bins: [] })
  expect(service.warnings).toContainEqual(expect.stringContaining('"order-31" is not counted: 32 are tracked already'))
  expect(service.warnings).toContainEqual(expect.stringContaining('track("a") was given a value'))
  expect(service.warnings).toContainEqual(expect.stringContaining('track() needs the name of a metric'))
})

test('more ramps than memory is given for are named, and their variants still counted', async () => {
  const flags = Array.from({ length: 33 }, (_, number) =>
    flagOf(`flag-${number}`, { defaultServe: share(50_000), ramp: { rule: null } }),
  )
  const client = await ready(...flags)
  for (const { key } of flags) client.isEnabled(key, 'ann')
  const { exposures, ramps } = await sent(client)
  expect(exposures).toHaveLength(33)
  expect(ramps).toHaveLength(32)
  expect(service.warnings).toEqual([expect.stringContaining('more than 32 ramps run: the arms of "flag-32"')])
})
