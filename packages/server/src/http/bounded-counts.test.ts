import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { boundedCounts } from './bounded-counts.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
})
afterEach(() => {
  vi.useRealTimers()
})

it('a count begins anew when its window is over', async () => {
  const counts = boundedCounts(10, 60_000)
  await counts.increment('a')
  await counts.increment('a')
  await counts.decrement('a')
  vi.setSystemTime(Date.now() + 59_000)
  expect(await counts.increment('a')).toMatchObject({ totalHits: 2 })
  vi.setSystemTime(Date.now() + 1000)
  expect(await counts.increment('a')).toEqual({ totalHits: 1, resetTime: new Date(Date.now() + 60_000) })
})

it('no more are kept than were allowed: the window that began first gives way', async () => {
  const counts = boundedCounts(2, 60_000)
  for (const key of ['a', 'b', 'a', 'c']) await counts.increment(key)
  expect(await counts.increment('b')).toMatchObject({ totalHits: 2 })
  expect(await counts.increment('a')).toMatchObject({ totalHits: 1 })
  expect(await counts.increment('c')).toMatchObject({ totalHits: 2 })
})
