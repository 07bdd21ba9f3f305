import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { eventually, flagOf, patchOf, useFakeService } from './fake-service.ts'

const service = useFakeService()
afterEach(() => vi.unstubAllEnvs())

const pageSize = flagOf('page-size', {
  type: 'number',
  variants: [
    { name: 'off', value: 20 },
    { name: 'large', value: 50 },
  ],
  defaultServe: { variant: 'off' },
})
const off = flagOf('new-checkout', { on: false })

test('an override is the answer for everybody in this process, says so, and is counted nowhere', async () => {
  service.flags = [off, pageSize, flagOf('other')]
  const client = service.client({ overrides: { 'new-checkout': true, 'page-size': 'large' } })
  await client.ready()
  expect(client.isEnabled('new-checkout', 'ann')).toBe(true)
  expect(client.value('page-size', 'ann', 1)).toBe(50)
  expect(client.isEnabled('other', 'ann')).toBe(true)
  expect(String(client.explain('new-checkout', 'ann'))).toBe('new-checkout = on (STATIC; revision 1 from override)')
  expect(client.explain('other', 'ann').source).not.toBe('override')
  expect(client.status().overrides).toEqual(['new-checkout', 'page-size'])
  expect(client.allFlags('ann')).toEqual({ 'new-checkout': true, 'page-size': 50, other: true })
  expect(service.warnings).toEqual([
    'flags are overridden in this process, whatever the service says: new-checkout, page-size',
  ])
  await client.flush()
  expect(service.batches.flatMap(({ exposures }) => exposures)).toEqual([
    { flag: 'other', variant: 'on', allocation: 1, count: 1 },
  ])
})

test('a kill is stronger than an override, and news of the flag change nothing about it', async () => {
  service.flags = [off]
  const client = service.client({ overrides: '{"new-checkout": true}' })
  await client.ready()
  await eventually(() => expect(client.status().state).toBe('streaming'))
  service.stream.send('patch', patchOf(1, 2, [flagOf('new-checkout', { on: false, revision: 2, allocation: 2 })]))
  await eventually(() => expect(client.status().revision).toBe(2))
  expect(client.isEnabled('new-checkout', 'ann')).toBe(true)
  service.stream.send('kill', { epoch: service.epoch, flag: 'new-checkout', revision: 3 })
  await eventually(() => expect(client.isEnabled('new-checkout', 'ann')).toBe(false))
  expect(client.explain('new-checkout', 'ann')).toMatchObject({ metadata: { killed: true }, source: 'stream' })
  expect(client.status().overrides).toEqual([])
  service.stream.send('restore', { epoch: service.epoch, flag: 'new-checkout', revision: 4 })
  await eventually(() => expect(client.isEnabled('new-checkout', 'ann')).toBe(true))
})

test('a flag that nobody has made yet answers its override, with or without the service', async () => {
  service.onSnapshot = () => new Response(null, { status: 500 })
  const client = service.client({ overrides: { 'not-yet': true, size: 3 } })
  expect(client.isEnabled('not-yet', 'ann')).toBe(true)
  expect(client.value('size', 'ann', 1)).toBe(3)
  expect(client.explain('not-yet', 'ann')).toMatchObject({ source: 'override', enabled: true })
  expect(client.explain('not-yet', 'ann').errorCode).toBeUndefined()
})

test('a value that the flag does not have is refused with a sentence', async () => {
  service.flags = [pageSize]
  const client = service.client({ overrides: { 'page-size': 'fifty' } })
  await client.ready()
  expect(client.value('page-size', 'ann', 1)).toBe(20)
  expect(client.explain('page-size', 'ann').source).not.toBe('override')
  expect(service.warnings).toContain(
    'the override of "page-size" is ignored: it is none of the flag\'s variants off (20), large (50)',
  )
})

describe('the variable RAMPART_OVERRIDES', () => {
  test('is JSON, unless the option says something', async () => {
    vi.stubEnv('RAMPART_OVERRIDES', '{"new-checkout": true}')
    service.flags = [off]
    expect(service.client().isEnabled('new-checkout', 'ann')).toBe(true)
  })

  test('is passed over where there is to be none, and in production', async () => {
    vi.stubEnv('RAMPART_OVERRIDES', '{"new-checkout": true}')
    expect(service.client({ overrides: false }).isEnabled('new-checkout', 'ann')).toBe(false)
    expect(service.warnings).toEqual([])
    vi.stubEnv('NODE_ENV', 'production')
    const client = service.client({ sdkKey: `${service.sdkKey}_production` })
    expect(client.isEnabled('new-checkout', 'ann')).toBe(false)
    expect(service.warnings).toEqual([expect.stringContaining('RAMPART_OVERRIDES is ignored')])
  })

  test.each(['{"new-checkout": tru}', '{'])('%s gets a sentence', (text) => {
    vi.stubEnv('RAMPART_OVERRIDES', text)
    service.client()
    expect(service.warnings).toEqual([expect.stringContaining('cannot be used: it is no JSON')])
  })
})

test('a file is read, followed, and believed only when it can be read', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'overrides-'))
  const path = join(folder, 'flags.json')
  try {
    await writeFile(path, '{"new-checkout": true}')
    service.flags = [off, pageSize]
    const client = service.client({ overrides: path })
    const changes: string[][] = []
    client.onChange(({ flags }) => changes.push([...flags].sort()))
    await client.ready()
    expect(client.isEnabled('new-checkout', 'ann')).toBe(true)

    // As editors do it: another file in its place.
    await writeFile(`${path}.new`, '{"page-size": 50}')
    await rename(`${path}.new`, path)
    await eventually(() => expect(client.value('page-size', 'ann', 1)).toBe(50))
    expect(client.isEnabled('new-checkout', 'ann')).toBe(false)
    expect(changes.at(-1)).toEqual(['new-checkout', 'page-size'])

    await writeFile(path, 'half writ')
    await eventually(() => expect(service.warnings.at(-1)).toContain('cannot be used'))
    expect(client.value('page-size', 'ann', 1)).toBe(50)
  } finally {
    await rm(folder, { recursive: true })
  }
})
