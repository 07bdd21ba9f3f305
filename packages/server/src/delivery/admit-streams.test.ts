import { describe, expect, it } from 'vitest'
import { admitStreams } from './admit-streams.ts'

describe('the admission of streams', () => {
  it('takes a rush, then so many a second, and forgets quiet times', () => {
    let now = 0
    const { admit } = admitStreams(100_000, 1000, () => now)
    const taken = (asked: number) =>
      Array.from({ length: asked }, () => admit(0)).filter((word) => word === 'yes').length
    expect(taken(5000)).toBe(1000)
    expect(admit(0)).toBe('busy')
    now += 250
    expect(taken(5000)).toBe(250)
    now += 3_600_000
    expect(taken(5000)).toBe(1000)
  })

  it('says full above the cap, whatever the rate', () => {
    const { admit } = admitStreams(2, 1000, () => 0)
    expect([admit(1), admit(2), admit(3)]).toEqual(['yes', 'full', 'full'])
  })
})
