// The last known flags on disk: real files in a folder of their own.
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { HttpResponse } from 'msw'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { eventually, flagOf, LATER_EPOCH, patchOf, snapshotText, useFakeService } from './fake-service.ts'

const service = useFakeService()
let folder = ''

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'rampart-sdk-')), 'flags')
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

const away = () => HttpResponse.error()

/** Leaves a copy on disk, as a process that ran before would. */
async function leaveCopy(): Promise<string> {
  const client = service.client({ diskPath: folder })
  await client.ready()
  await client.close()
  const [file] = await readdir(folder)
  if (file === undefined) throw new Error('no copy was written')
  return join(folder, file)
}

test('a process that starts while the service is away serves what the last one knew', async () => {
  service.flags = [flagOf('a'), flagOf('b', { on: false })]
  service.segments = [{ key: 's', included: ['ann'], excluded: [], rules: [], revision: 1 }]
  await leaveCopy()
  service.onSnapshot = away
  const client = service.client({ diskPath: folder })
  await eventually(() => expect(client.isEnabled('a', 'ann')).toBe(true))
  expect(client.explain('a', 'ann')).toMatchObject({ source: 'disk', reason: 'STATIC', revision: 1 })
  expect(client.status().ageMs).toBeGreaterThanOrEqual(0)
  expect(client.status().ageMs).toBeLessThan(60_000)
})

test('it asks with the ETag of its copy, and 304 makes the copy the truth', async () => {
  service.flags = [flagOf('a')]
  await leaveCopy()
  const client = service.client({ diskPath: folder })
  await eventually(() => expect(client.status().source).toBe('stream'))
  expect(service.asked('/sdk/v1/snapshot').at(-1)?.headers.get('If-None-Match')).toBe(`W/"${service.epoch}.1"`)
  expect(client.isEnabled('a', 'ann')).toBe(true)
})

test('a kill is on disk too', async () => {
  service.flags = [flagOf('a')]
  const client = service.client({ diskPath: folder })
  await eventually(() => expect(client.status().state).toBe('streaming'))
  service.stream.send('kill', { epoch: service.epoch, flag: 'a', revision: 2 })
  await eventually(() => expect(client.isEnabled('a', 'ann')).toBe(false))
  await client.close()
  service.onSnapshot = away
  const next = service.client({ diskPath: folder })
  await eventually(() => expect(next.status().source).toBe('disk'))
  expect(next.isEnabled('a', 'ann')).toBe(false)
})

test('changes are written a moment later, without a close', async () => {
  service.flags = [flagOf('a')]
  const client = service.client({ diskPath: folder })
  await eventually(() => expect(client.status().state).toBe('streaming'))
  service.stream.send('patch', patchOf(1, 2, [flagOf('later', { revision: 2 })]))
  await eventually(async () => {
    const [file = ''] = await readdir(folder)
    expect(await readFile(join(folder, file), 'utf8')).toContain('"later"')
  })
})

test('the file is for its owner alone, holds no key, and no temporary file is left', async () => {
  service.flags = [flagOf('a')]
  const file = await leaveCopy()
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect(file + (await readFile(file, 'utf8'))).not.toContain(service.sdkKey)
  expect(await readdir(folder)).toHaveLength(1)
})

test('each environment has a file of its own', async () => {
  service.flags = [flagOf('a')]
  await leaveCopy()
  service.onSnapshot = away
  const other = service.client({ diskPath: folder, sdkKey: `${service.sdkKey}_other` })
  await eventually(() => expect(other.status().problem).toBeDefined())
  expect(other.status().source).toBe('default')
})

test('the disk beats the bootstrap, and the service beats both', async () => {
  service.flags = [flagOf('a')]
  await leaveCopy()
  service.onSnapshot = away
  const bootstrap = snapshotText({ epoch: LATER_EPOCH, revision: 900, flags: [flagOf('a', { on: false })] })
  const client = service.client({ diskPath: folder, bootstrap })
  expect(client.explain('a', 'ann')).toMatchObject({ source: 'bootstrap', variant: 'off' })
  await eventually(() => expect(client.explain('a', 'ann')).toMatchObject({ source: 'disk', variant: 'on' }))
  service.onSnapshot = undefined
  Object.assign(service, { revision: 2, flags: [flagOf('a', { revision: 2, on: false })] })
  await eventually(() => expect(client.explain('a', 'ann')).toMatchObject({ source: 'stream', variant: 'off' }))
})

test.each([
  ['torn', (text: string) => text.slice(0, text.length / 2)],
  ['empty', () => ''],
  ['of a later version', (text: string) => text.replace('"rampart":1', '"rampart":9')],
  ['something else', () => '\u0000\u0001 not ours'],
])('a file that is %s is ignored with one warning', async (_, spoil) => {
  service.flags = [flagOf('a')]
  const file = await leaveCopy()
  await writeFile(file, spoil(await readFile(file, 'utf8')))
  service.onSnapshot = away
  const client = service.client({ diskPath: folder })
  await eventually(() => expect(client.status().problem).toBeDefined())
  expect(client.isEnabled('a', 'ann')).toBe(false)
  expect(service.warnings.filter((warning) => warning.includes('copy on disk'))).toHaveLength(1)
})

test('a folder that cannot be used costs one warning and nothing else', async () => {
  await mkdir(join(folder, '..'), { recursive: true })
  await writeFile(folder, 'a file where the folder should be')
  service.flags = [flagOf('a')]
  const client = service.client({ diskPath: folder })
  await client.ready()
  expect(client.isEnabled('a', 'ann')).toBe(true)
  await client.close()
  const complaints = service.warnings.filter((warning) => warning.includes('copy on disk'))
  expect(complaints.length).toBeGreaterThan(0)
  expect(complaints.length).toBeLessThan(3)
})

test('a file that cannot be read is ignored', async () => {
  service.flags = [flagOf('a')]
  const file = await leaveCopy()
  await rm(file)
  await mkdir(file)
  const client = service.client({ diskPath: folder })
  await client.ready()
  expect(client.isEnabled('a', 'ann')).toBe(true)
})
