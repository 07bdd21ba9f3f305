import { expect, it } from 'vitest'
import { cutIntoSteps } from './exposure-steps.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const START = Date.UTC(2026, 10, 22, 12, 34, 56)

it.each([
  [HOUR, MINUTE],
  [2 * HOUR, MINUTE],
  [24 * HOUR, 5 * MINUTE],
  [7 * 24 * HOUR, HOUR],
  [30 * 24 * HOUR, 6 * HOUR],
])('cuts %d ms into steps of %d ms that cover it', (span, step) => {
  const { fromMs, stepMs, count } = cutIntoSteps(START, START + span)
  expect(stepMs).toBe(step)
  expect(fromMs % stepMs).toBe(0)
  expect(fromMs).toBeLessThanOrEqual(START)
  expect(START - fromMs).toBeLessThan(stepMs)
  expect(fromMs + count * stepMs).toBeGreaterThanOrEqual(START + span)
  expect(fromMs + (count - 1) * stepMs).toBeLessThan(START + span)
})
