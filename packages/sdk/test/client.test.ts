import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { explain, init, isEnabled, value, variant } from '../src/index.ts'
import { SDK } from '../src/version.ts'
import { eventually, flagOf, patchOf, useFakeService } from './fake-service.ts'

const service = useFakeService()

test('serves a snapshot, follows the stream, counts exposures and confirms a kill', async () => {
  service.flags = [flagOf('new-checkout')]
  const client = service.client({ name: 'shop-7' })
  expect(client.isEnabled('new-checkout', 'ann')).toBe(false)

  await client.ready()
  expect(client.isEnabled('new-checkout', 'ann')).toBe(true)
  await eventually(() => expect(client.status()).toMatchObject({ state: 'streaming', source: 'stream', revision: 1 }))

  service.stream.send('patch', patchOf(1, 2, [flagOf('new-checkout', { on: false, revision: 2 })]))
  await eventually(() => expect(client.isEnabled('new-checkout', 'ann')).toBe(false))
  service.stream.send('patch', patchOf(2, 3, [flagOf('new-checkout', { revision: 3 })]))
  await eventually(() => expect(client.isEnabled('new-checkout', 'ann')).toBe(true))

  service.stream.send('kill', { epoch: service.epoch, flag: 'new-checkout', revision: 4, receipt: { windowMs: 0 } })
  await eventually(() => expect(service.receipts).toEqual([{ flag: 'new-checkout', revision: 4 }]))
  expect(client.isEnabled('new-checkout', 'ann')).toBe(false)
  expect(String(client.explain('new-checkout', 'ann'))).toBe(
    'new-checkout = off (DISABLED, killed; revision 3 from stream)',
  )

  await client.flush()
  const [batch] = service.batches
  expect(batch?.seq).toBe(1)
  expect(batch?.exposures.map(({ flag, variant }) => `${flag} ${variant}`)).toEqual([
    'new-checkout on',
    'new-checkout off',
  ])
  const headers = service.asked('/sdk/v1/stream')[0]?.headers
  expect(headers?.get('Authorization')).toBe(`Bearer ${service.sdkKey}`)
  expect(headers?.get('Rampart-Name')).toBe('shop-7')
  expect(headers?.get('Rampart-Instance')).toBe(batch?.instance)
  expect(headers?.get('Rampart-SDK')).toBe('rampart-node/0.1.0')
})

const colour = flagOf('colour', {
  type: 'string',
  variants: [
    { name: 'none', value: '' },
    { name: 'warm', value: 'red' },
    { name: 'cold', value: 'blue' },
  ],
  offVariant: 'none',
  defaultServe: { variant: 'warm' },
})

describe('answers', () => {
  test('values of each type, and the default where the type is another', async () => {
    service.flags = [
      flagOf('a'),
      colour,
      flagOf('limit', { type: 'number', variants: [{ name: 'off', value: 7 }], defaultServe: { variant: 'off' } }),
      flagOf('theme', {
        type: 'object',
        variants: [{ name: 'off', value: { dark: true } }],
        defaultServe: { variant: 'off' },
      }),
    ]
    const client = service.client()
    await client.ready()
    const text: string = client.value('colour', 'ann', 'green')
    const number: number = client.value('limit', 'ann', 3)
    expect([text, number, client.value('theme', 'ann', {})]).toEqual(['red', 7, { dark: true }])
    expect([
      client.value('colour', 'ann', 3),
      client.value('theme', 'ann', []),
      client.value('none', 'ann', 'x'),
    ]).toEqual([3, [], 'x'])
    expect([
      client.variant('colour', 'ann'),
      client.variant('none', 'ann'),
      client.variant('none', 'ann', 'x'),
    ]).toEqual(['warm', undefined, 'x'])
    expect(client.isEnabled('colour', 'ann')).toBe(true)
    expect(client.allFlags('ann')).toEqual({ a: true, colour: 'red', limit: 7, theme: { dark: true } })
  })

  test('allFlags follows what changes', async () => {
    service.flags = [flagOf('a'), flagOf('b')]
    const client = service.client()
    await eventually(() => expect(client.status().state).toBe('streaming'))
    expect(Object.keys(client.allFlags('ann'))).toEqual(['a', 'b'])
    const changed = flagOf('b', { on: false, revision: 2 })
    service.stream.send(
      'patch',
      patchOf(1, 2, [changed, flagOf('c', { revision: 2 })], { removedFlags: [{ key: 'a', revision: 2 }] }),
    )
    await eventually(() => expect(client.allFlags('ann')).toEqual({ b: false, c: true }))
  })

  test('a flag follows the flag and the segment that it depends on', async () => {
    const segment = { key: 'staff', included: ['ann'], excluded: [], rules: [], revision: 1 }
    const rules = [{ id: 'r', conditions: [{ op: 'segment' as const, values: ['staff'] }], serve: { variant: 'on' } }]
    service.segments = [segment]
    service.flags = [
      flagOf('base'),
      flagOf('needs-base', { prerequisites: [{ flag: 'base', variants: ['on'] }] }),
      flagOf('for-staff', { rules, defaultServe: { variant: 'off' } }),
    ]
    const client = service.client()
    await eventually(() => expect(client.status().state).toBe('streaming'))
    const answers = () => [client.isEnabled('needs-base', 'ann'), client.isEnabled('for-staff', 'ann')]
    expect(answers()).toEqual([true, true])
    service.stream.send('kill', { epoch: service.epoch, flag: 'base', revision: 2 })
    service.stream.send('patch', patchOf(1, 3, [], { segments: [{ ...segment, included: [], revision: 3 }] }))
    await eventually(() => expect(answers()).toEqual([false, false]))
  })

  test('explanations are readable and survive JSON', async () => {
    const rollout = { weight: 25_000, split: [{ variant: 'on', weight: 100_000 }] }
    service.flags = [flagOf('ramped', { rules: [{ id: 'r1', conditions: [], serve: { rollout } }] })]
    const client = service.client()
    await eventually(() => expect(client.status().source).toBe('stream'))
    const explanation = client.explain('ramped', 'ann')
    expect(`${explanation}`).toMatch(
      /^ramped = (on|off) \(SPLIT, rule r1, bucket \d+ is (not )?below weight 25000; revision 1 from stream\)$/,
    )
    expect(JSON.parse(JSON.stringify(explanation))).toMatchObject({ flag: 'ramped', weight: 25_000, source: 'stream' })
    expect(`${client.explain('ramped', {})}`).toContain('TARGETING_KEY_MISSING: the user has no "key"')
    expect(`${client.explain('none', 'ann')}`).toContain("none = the caller's default (ERROR, FLAG_NOT_FOUND")
  })

  const hostileKeys = [
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    '',
    '🚩',
    '\u0000\n',
    '\u202E',
    'x'.repeat(10_000),
  ]
  test.each(hostileKeys)('a flag may be called %j, and need not exist', async (key) => {
    const client = service.client()
    await client.ready()
    expect([client.isEnabled(key, 'ann'), client.value(key, 'ann', 'x'), client.variant(key, 'ann')]).toEqual([
      false,
      'x',
      undefined,
    ])
    service.flags = [flagOf(key, { revision: 2 })]
    await eventually(() => expect(client.status().state).toBe('streaming'))
    service.stream.send('patch', patchOf(1, 2, service.flags))
    await eventually(() => expect(client.isEnabled(key, 'ann')).toBe(true))
    expect(Object.entries(client.allFlags('ann'))).toEqual([[key, true]])
  })

  const cycle: Record<string, unknown> = { key: 'ann' }
  cycle['self'] = cycle
  const throwing = Object.defineProperty({ key: 'ann' }, 'country', {
    enumerable: true,
    get() {
      throw new Error('no')
    },
  })
  test.each<[string, unknown]>([
    ['nobody', undefined],
    ['null', null],
    ['an object without a key', {}],
    ['a number', 7],
    ['not a number', Number.NaN],
    ['a symbol', Symbol('ann')],
    ['a function', () => 'ann'],
    ['a cycle', cycle],
    ['a getter that throws', throwing],
    [
      'a proxy that refuses',
      new Proxy(
        {},
        {
          getOwnPropertyDescriptor: () => {
            throw new Error('no')
          },
        },
      ),
    ],
    ['a key of a megabyte', 'x'.repeat(1_048_576)],
    ['a big integer', { key: 10n }],
    ['a date', { key: 'ann', country: new Date() }],
  ])('never throw, whatever the user is: %s', async (_, user) => {
    const conditions = [{ op: 'in' as const, attribute: 'country', values: ['DE'] }]
    const rollout = { weight: 50_000, split: [{ variant: 'on', weight: 100_000 }] }
    service.flags = [
      flagOf('a', { rules: [{ id: 'r', conditions, serve: { variant: 'on' } }], defaultServe: { rollout } }),
    ]
    const client = service.client()
    await client.ready()
    const any = user as string
    for (const call of [client.isEnabled('a', any), client.value('a', any, false)]) expect(call).toBeTypeOf('boolean')
    expect(client.variant('a', any)).toBeTypeOf('string')
    expect(String(client.explain('a', any))).toContain('a = ')
    expect(client.allFlags(any)).toHaveProperty('a')
  })

  test('a malformed flag harms no other', async () => {
    service.flags = [flagOf('bad', { defaultServe: { variant: 'purple' } }), flagOf('good')]
    const client = service.client()
    await client.ready()
    expect(client.explain('bad', 'ann')).toMatchObject({ reason: 'ERROR', errorCode: 'PARSE_ERROR', variant: 'off' })
    expect(client.isEnabled('good', 'ann')).toBe(true)
  })
})

describe('listeners', () => {
  test('hear which flags changed, and one that throws is no harm to the others', async () => {
    service.flags = [flagOf('a')]
    const client = service.client()
    const changes: unknown[] = []
    client.onChange(() => {
      throw new Error('of the application')
    })
    const stop = client.onChange(({ flags, revision, source }) => changes.push([flags, revision, source]))
    await eventually(() => expect(client.status().state).toBe('streaming'))
    service.stream.send('kill', { epoch: service.epoch, flag: 'a', revision: 2 })
    service.stream.send('patch', patchOf(1, 3, [flagOf('b', { revision: 3 })]))
    await eventually(() =>
      expect(changes).toEqual([
        [['a'], 1, 'poll'],
        [['a'], 1, 'stream'],
        [['b'], 3, 'stream'],
      ]),
    )
    expect(service.warnings.filter((warning) => warning.includes('a listener threw'))).toHaveLength(1)
    stop()
    service.stream.send('restore', { epoch: service.epoch, flag: 'a', revision: 4 })
    await eventually(() => expect(client.isEnabled('a', 'ann')).toBe(true))
    expect(changes).toHaveLength(3)
  })
})

describe('clients of one key', () => {
  test('share a connection until the last is closed, and are told when they are too many', async () => {
    service.flags = [flagOf('a')]
    const clients = [service.client(), service.client(), service.client()]
    expect(service.warnings).toEqual([])
    for (let more = 0; more < 997; more += 1) clients.push(service.client())
    expect(service.warnings.some((warning) => warning.includes('one client for the whole process is enough'))).toBe(
      true,
    )
    await Promise.all(clients.map((client) => client.ready()))
    await eventually(() => expect(clients[0]?.status().state).toBe('streaming'))
    expect(service.asked('/sdk/v1/snapshot')).toHaveLength(1)
    expect(service.streams).toHaveLength(1)

    expect(clients).toHaveLength(1_000)

    await Promise.all(clients.slice(1).map((client) => client.close()))
    expect(clients[0]?.status().state).toBe('streaming')
    await clients[0]?.close()
    expect(clients[0]?.status().state).toBe('closed')
    await eventually(() => expect(service.stream.cancelled).toBe(true))
    expect(clients[0]?.isEnabled('a', 'ann')).toBe(true)
  })

  test('a client closed twice lets go once', async () => {
    const [first, second] = [service.client(), service.client()]
    await first.ready()
    await Promise.all([first.close(), first.close()])
    expect(second.status().state).not.toBe('closed')
  })
})

describe('the plain functions', () => {
  test('answer with the default before init and with the flags after', async () => {
    expect([isEnabled('a', 'ann', true), variant('a', 'ann', 'x'), value('a', 'ann', 3)]).toEqual([true, 'x', 3])
    expect(String(explain('a', 'ann'))).toContain('init() has not been called')
    service.flags = [flagOf('a')]
    const client = init({ url: service.url, sdkKey: service.sdkKey, onWarning: () => undefined })
    await client.ready()
    expect([isEnabled('a', 'ann'), variant('a', 'ann'), value('a', 'ann', false)]).toEqual([true, 'on', true])
    expect(explain('a', 'ann').reason).toBe('STATIC')
    await client.close()
  })
})

test('introduces itself with the version of its package', async () => {
  const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'))
  expect(SDK.version).toBe(version)
})

test('a warning listener that throws harms nothing, and a path before /sdk/v1 is kept', async () => {
  const client = service.client({
    url: 'https://flags.test/rampart/',
    onWarning: () => {
      throw new Error('of the application')
    },
  })
  await eventually(() => expect(client.status().problem).toContain('404'))
  expect(service.elsewhere).toContain('https://flags.test/rampart/sdk/v1/snapshot')
})
