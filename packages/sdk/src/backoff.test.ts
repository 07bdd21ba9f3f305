import { describe, expect, test } from 'vitest'
import { backoffMs, busyWaitMs, lostStreamWaitMs, refusedWaitMs, retryAfterMs } from './backoff.ts'

const NOW = Date.parse('2026-11-22T10:00:00Z')

describe('backoff', () => {
  test('doubles from one second to thirty, with up to a half taken off', () => {
    expect([0, 1, 2, 3, 4, 5, 6, 5_000].map((failures) => backoffMs(failures, 0))).toEqual([
      1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000,
    ])
    expect(backoffMs(5, 1)).toBe(15_000)
  })

  test('a refused key waits from two and a half to five minutes', () => {
    expect([refusedWaitMs(0), refusedWaitMs(1)]).toEqual([150_000, 300_000])
  })
})

test('ten thousand that lose the same replica come back over ten seconds, never in a crowd', () => {
  // Evenly spread numbers stand for chance: what is tested is the law, not the dice.
  const arrivals = Array.from({ length: 10_000 }, (_, index) => lostStreamWaitMs((index * 0.618_033_988_749) % 1))
  const bySecond = Array.from({ length: 10 }, () => 0)
  for (const ms of arrivals) bySecond[Math.floor(ms / 1_000)] = (bySecond[Math.floor(ms / 1_000)] ?? 0) + 1
  expect(bySecond).toHaveLength(10)
  expect(Math.max(...bySecond)).toBeLessThan(1_050)
  // And those for whom there is no room do not all try again together.
  const again = Array.from({ length: 1_000 }, (_, index) => busyWaitMs(5_000, 0, (index * 0.618_033_988_749) % 1))
  expect(Math.max(...again) - Math.min(...again)).toBeGreaterThan(1_000)
})

describe('Retry-After', () => {
  test.each([
    ['7', 7_000],
    ['0', 0],
    ['1000000000', 300_000],
    ['1e9', undefined],
    ['-5', undefined],
    ['Sun, 22 Nov 2026 10:00:20 GMT', 20_000],
    ['Sun, 22 Nov 2099 10:00:20 GMT', 300_000],
    ['Sun, 22 Nov 2020 10:00:20 GMT', undefined],
    ['soon', undefined],
    ['', undefined],
    [null, undefined],
  ])('%s means %s ms', (header, expected) => {
    expect(retryAfterMs(header, NOW)).toBe(expected)
  })

  test('is never shortened and gets jitter of up to a quarter', () => {
    expect(busyWaitMs(8_000, 3, 0)).toBe(8_000)
    expect(busyWaitMs(8_000, 3, 1)).toBe(10_000)
    expect(busyWaitMs(0, 0, 0)).toBe(1_000)
    expect(busyWaitMs(undefined, 2, 0)).toBe(4_000)
  })
})
