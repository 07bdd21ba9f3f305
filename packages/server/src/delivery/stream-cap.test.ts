import { expect, it } from 'vitest'
import { readProcessLimits, streamCapOf } from './stream-cap.ts'

it('keeps 4 000 descriptors for everything that is not a stream', () => {
  expect(
    streamCapOf('Max processes   7 7 processes\nMax open files            20000                20000    files'),
  ).toBe(16_000)
})

it('leaves something for streams where there are few', () => {
  expect(streamCapOf('Max open files            1024                 4096                 files')).toBe(256)
})

it('reads the limits of this process, or nothing on systems that do not tell', () => {
  expect(streamCapOf(readProcessLimits())).toBeGreaterThan(0)
})
