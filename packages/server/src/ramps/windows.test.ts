import { describe, expect, it } from 'vitest'
import { openFrom, type RampWindow, WEEKDAYS, type Weekday } from './windows.ts'

const WORKDAYS = WEEKDAYS.slice(0, 5)
const working: RampWindow[] = [{ days: WORKDAYS, from: '09:00', to: '17:00' }]

/** Both times in UTC. */
function opens(windows: RampWindow[], zone: string | null, at: string): string {
  return openFrom(windows, zone, new Date(at)).toISOString().replace('.000Z', 'Z')
}

describe('windows', () => {
  it('are open at any time when there are none', () => {
    expect(opens([], null, '2026-11-22T03:00:00Z')).toBe('2026-11-22T03:00:00Z')
  })

  it('let pass what is inside, and wait for the next opening otherwise', () => {
    const zurich = 'Europe/Zurich'
    expect(opens(working, zurich, '2026-11-24T08:00:00Z')).toBe('2026-11-24T08:00:00Z')
    expect(opens(working, zurich, '2026-11-24T15:59:59Z')).toBe('2026-11-24T15:59:59Z')
    // Not at night.
    expect(opens(working, zurich, '2026-11-24T16:00:00Z')).toBe('2026-11-25T08:00:00Z')
    expect(opens(working, zurich, '2026-11-24T02:00:00Z')).toBe('2026-11-24T08:00:00Z')
    // Not at weekends.
    expect(opens(working, zurich, '2026-11-27T20:00:00Z')).toBe('2026-11-30T08:00:00Z')
  })

  it('mean the clocks of their zone, on both sides of the date line', () => {
    expect(opens(working, 'Pacific/Kiritimati', '2026-11-22T19:00:00Z')).toBe('2026-11-22T19:00:00Z')
    expect(opens(working, 'Pacific/Honolulu', '2026-11-24T03:30:00Z')).toBe('2026-11-24T19:00:00Z')
  })

  it('may go on past midnight, and belong to the day on which they began', () => {
    const friday: RampWindow[] = [{ days: ['friday'], from: '22:00', to: '04:00' }]
    expect(opens(friday, 'UTC', '2026-11-28T03:59:00Z')).toBe('2026-11-28T03:59:00Z')
    expect(opens(friday, 'UTC', '2026-11-28T04:00:00Z')).toBe('2026-12-04T22:00:00Z')
    expect(opens(friday, 'UTC', '2026-11-27T01:00:00Z')).toBe('2026-11-27T22:00:00Z')
  })

  it('may be a whole day', () => {
    const sunday: RampWindow[] = [{ days: ['sunday'], from: '00:00', to: '24:00' }]
    expect(opens(sunday, 'Europe/Zurich', '2026-11-24T12:00:00Z')).toBe('2026-11-28T23:00:00Z')
    expect(opens(sunday, 'Europe/Zurich', '2026-11-29T22:59:59Z')).toBe('2026-11-29T22:59:59Z')
    expect(opens(sunday, 'Europe/Zurich', '2026-11-29T23:00:00Z')).toBe('2026-12-05T23:00:00Z')
  })

  it('take the earliest of several', () => {
    const two: RampWindow[] = [
      { days: ['wednesday'], from: '06:00', to: '07:00' },
      { days: ['tuesday'], from: '20:00', to: '21:00' },
    ]
    expect(opens(two, 'UTC', '2026-11-24T12:00:00Z')).toBe('2026-11-24T20:00:00Z')
  })

  describe('when clocks change', () => {
    const zurich = 'Europe/Zurich'
    const nightly = (from: string, to: string): RampWindow[] => [{ days: [...WEEKDAYS] as Weekday[], from, to }]

    it('keep their hours on the wall: an hour earlier in UTC from the last Sunday of March on', () => {
      expect(opens(nightly('09:00', '17:00'), zurich, '2027-03-27T17:00:00Z')).toBe('2027-03-28T07:00:00Z')
      expect(opens(nightly('09:00', '17:00'), zurich, '2027-10-30T17:00:00Z')).toBe('2027-10-31T08:00:00Z')
    })

    it('begin when the clocks have jumped over their beginning', () => {
      // 28 March 2027, 02:00 becomes 03:00, which is 01:00 UTC: 02:30 does not exist.
      expect(opens(nightly('02:30', '05:00'), zurich, '2027-03-28T00:00:00Z')).toBe('2027-03-28T01:30:00Z')
      expect(opens(nightly('02:30', '05:00'), zurich, '2027-03-28T02:59:00Z')).toBe('2027-03-28T02:59:00Z')
      expect(opens(nightly('02:30', '05:00'), zurich, '2027-03-28T03:00:00Z')).toBe('2027-03-29T00:30:00Z')
    })

    it('are open in both of two equal hours', () => {
      // 31 October 2027, 03:00 becomes 02:00: 02:15 is 00:15 and 01:15 UTC.
      const hour = nightly('02:00', '02:45')
      expect(opens(hour, zurich, '2027-10-31T00:15:00Z')).toBe('2027-10-31T00:15:00Z')
      expect(opens(hour, zurich, '2027-10-31T01:15:00Z')).toBe('2027-10-31T01:15:00Z')
      expect(opens(hour, zurich, '2027-10-31T01:45:00Z')).toBe('2027-11-01T01:00:00Z')
    })

    it('never end, nor begin, a day too late or too early for a zone with half an hour', () => {
      // Lord Howe moves by 30 minutes.
      expect(opens(nightly('09:00', '10:00'), 'Australia/Lord_Howe', '2027-04-03T00:00:00Z')).toBe(
        '2027-04-03T22:30:00Z',
      )
    })
  })
})
