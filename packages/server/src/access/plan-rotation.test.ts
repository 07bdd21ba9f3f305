import { expect, it } from 'vitest'
import { planRotation } from './plan-rotation.ts'

const now = Date.parse('2026-03-01T00:00:00Z')
const day = (days: number) => new Date(now + days * 24 * 3600_000)
const old = { name: 'shop', createdAt: day(-80), expiresAt: null, rotatedAt: null, revokedAt: null }

it('gives the old one its overlap, and the new one no end when the old one had none', () => {
  expect(planRotation(old, 48, now)).toEqual({ oldEnds: day(2), newEnds: null })
  expect(planRotation(old, 0, now)).toEqual({ oldEnds: day(0), newEnds: null })
})

it('gives the new one as long a life as the old one had, and never prolongs the old one', () => {
  expect(planRotation({ ...old, expiresAt: day(10) }, 24, now)).toEqual({ oldEnds: day(1), newEnds: day(90) })
  expect(planRotation({ ...old, expiresAt: day(0.5) }, 24, now)).toEqual({ oldEnds: day(0.5), newEnds: day(80.5) })
})

it('does not take the end of an overlap for that of a life', () => {
  expect(planRotation({ ...old, rotatedAt: day(-1), expiresAt: day(3) }, 24, now).newEnds).toBe(null)
})

it.each([{ revokedAt: day(-1) }, { expiresAt: day(0) }])('refuses one that works no more: %o', (state) => {
  expect(() => planRotation({ ...old, ...state }, 24, now)).toThrow('"shop" works no more')
})
