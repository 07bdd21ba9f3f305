import { describe, expect, test } from 'vitest'
import { EPOCH, flagOf, snapshotText } from '../test/fake-service.ts'
import { readSnapshot, readSnapshotText, SnapshotError } from './read-snapshot.ts'

const encoder = new TextEncoder()
const good = snapshotText({
  epoch: EPOCH,
  revision: 4,
  flags: [flagOf('größe-🚩'), flagOf('b')],
  segments: [{ key: 's', included: ['ann'], excluded: [], rules: [], revision: 1 }],
})

async function* chunksOf(...chunks: (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield typeof chunk === 'string' ? encoder.encode(chunk) : chunk
}

const noPause = async () => undefined

test('reads the same from slices torn at any byte', async () => {
  const whole = readSnapshotText(good)
  expect(whole.flags.map((flag) => flag.key)).toEqual(['größe-🚩', 'b'])
  const bytes = encoder.encode(good)
  for (let cut = 0; cut <= bytes.length; cut += 7) {
    const read = await readSnapshot(chunksOf(bytes.subarray(0, cut), bytes.subarray(cut)), noPause)
    expect(read, `torn at byte ${cut}`).toEqual(whole)
  }
})

test('lets others have a turn while it reads', async () => {
  let pauses = 0
  const flags = Array.from({ length: 10_000 }, (_, index) => flagOf(`flag-${index}`))
  const text = snapshotText({ epoch: EPOCH, revision: 1, flags })
  const read = await readSnapshot(chunksOf(text), async () => {
    pauses += 1
  })
  expect(read.flags).toHaveLength(10_000)
  expect(pauses).toBeGreaterThan(0)
})

test('sets a bad line apart, by its key where that can be read', () => {
  const lines = good.trim().split('\n')
  lines[2] = JSON.stringify({ flag: { key: 'broken', variants: 'none' } })
  lines[3] = '{"flag": {"key": "torn'
  const { flags, badFlags, namelessLines } = readSnapshotText(lines.join('\n'))
  expect([flags.length, [...badFlags], namelessLines]).toEqual([0, ['broken'], 1])
})

test('a flag nested too deep is a bad line', () => {
  const deep = JSON.parse(`${'['.repeat(100)}1${']'.repeat(100)}`)
  const flags = [flagOf('deep', { type: 'object', variants: [{ name: 'off', value: deep }] })]
  expect([...readSnapshotText(snapshotText({ epoch: EPOCH, revision: 1, flags })).badFlags]).toEqual(['deep'])
})

test('lines of a later version are passed over', () => {
  const lines = good.trim().split('\n')
  lines.splice(1, 0, '{"experiment": {"key": "x"}}')
  expect(readSnapshotText(lines.join('\n')).flags).toHaveLength(2)
})

describe('refuses the whole', () => {
  const lines = good.trim().split('\n')
  test.each([
    ['when it is empty', ''],
    ['when it ends too soon', lines.slice(0, -1).join('\n')],
    ['when a line is missing', [...lines.slice(0, 2), ...lines.slice(3)].join('\n')],
    ['when it goes on after its end', `${good}{"flag":{}}\n`],
    ['when it is a page of HTML', '<!doctype html>\n<title>Sign in</title>\n'],
    ['when it is of a later version', good.replace('"rampart":1', '"rampart":2')],
    ['when its header has no epoch', good.replace('"epoch"', '"epic"')],
  ])('%s', (_, text) => {
    expect(() => readSnapshotText(text)).toThrow(SnapshotError)
  })

  test('when it is larger than 20 MB, without reading the rest', async () => {
    let yielded = 0
    async function* endless() {
      const chunk = new Uint8Array(1_048_576).fill(32)
      for (;;) {
        yielded += 1
        yield chunk
      }
    }
    await expect(readSnapshot(endless(), noPause)).rejects.toThrow('larger than 20 MB')
    expect(yielded).toBe(21)
  })
})
