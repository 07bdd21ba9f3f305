import { describe, expect, it } from 'vitest'
import { compareHistories } from './epoch-guard.ts'

describe('compareHistories', () => {
  const served = { epoch: 'B', revision: 10 }
  it.each([
    ['the same', { epoch: 'B', revision: 10 }, undefined, 'current'],
    ['newer', { epoch: 'B', revision: 11 }, undefined, 'behind'],
    ['a larger epoch, whatever its revision', { epoch: 'C', revision: 1 }, undefined, 'replaced'],
    ['older, seen for the first time', { epoch: 'B', revision: 9 }, undefined, 'ahead'],
    ['older for a moment', { epoch: 'B', revision: 9 }, 90_001, 'ahead'],
    ['older for ten seconds', { epoch: 'B', revision: 9 }, 90_000, 'lost'],
    ['a smaller epoch for ten seconds', { epoch: 'A', revision: 99 }, 80_000, 'lost'],
    ['caught up after all', { epoch: 'B', revision: 10 }, 80_000, 'current'],
  ] as const)('finds a database that is %s', (_, seen, aheadSince, finding) => {
    expect(compareHistories(served, seen, aheadSince, 100_000, 10_000)).toBe(finding)
  })
})
