import { expect, test } from 'vitest'
import { placeMarks, ticksOf } from './axis-layout.ts'

const HOUR = 3_600_000
const noon = new Date(2026, 10, 24, 12).getTime()

test('ticks are round moments, no more than asked for', () => {
  expect(ticksOf(noon - HOUR, noon, 8).map(({ words }) => words)).toEqual([
    '11:00',
    '11:10',
    '11:20',
    '11:30',
    '11:40',
    '11:50',
    '12:00',
  ])
  expect(ticksOf(noon - HOUR, noon, 2).map(({ words }) => words)).toEqual(['11:00', '11:30', '12:00'])
  expect(ticksOf(noon - 7 * 24 * HOUR, noon, 8).map(({ words }) => words)).toEqual([
    '18 Nov',
    '19 Nov',
    '20 Nov',
    '21 Nov',
    '22 Nov',
    '23 Nov',
    '24 Nov',
  ])
})

test('days follow the calendar, also those of 23 hours', () => {
  const ticks = ticksOf(new Date(2026, 2, 27).getTime(), new Date(2026, 2, 31).getTime(), 5)
  expect(ticks.every(({ at }) => new Date(at).getHours() === 0)).toBe(true)
})

test('the latest words keep their place; those without room on either side are left out', () => {
  const mark = (x: number, lane = 0) => ({ x, lane, words: 'ten letters' })
  const sides = (marks: ReturnType<typeof mark>[]) => placeMarks(marks, 400).map(({ side }) => side)
  expect(sides([mark(100), mark(300)])).toEqual(['right', 'right'])
  // At the right edge they go to the left.
  expect(sides([mark(100), mark(395)])).toEqual(['right', 'left'])
  expect(sides([mark(380), mark(395)])).toEqual(['left', 'none'])
  expect(sides([mark(290), mark(300)])).toEqual(['left', 'right'])
  expect(sides([mark(280), mark(290), mark(300)])).toEqual(['left', 'none', 'right'])
  expect(sides([mark(290), mark(300, 1)])).toEqual(['right', 'right'])
})
