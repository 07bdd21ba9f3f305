import { expect, test } from 'vitest'
import { findJumps } from '../../src/state/jump-search.ts'
import { flagSummaries } from '../fixtures.ts'

const world = {
  rooms: [
    ['flags', 'Flags'],
    ['settings', 'Settings'],
  ] as const,
  environment: 'production',
  environments: ['development', 'staging', 'production'],
  flags: flagSummaries(),
}
const labels = (query: string) => findJumps(world, query).map(({ label }) => label)

test('without words: the pages, and the other environments', () => {
  expect(labels('')).toEqual(['Flags', 'Settings', 'Go to development', 'Go to staging'])
})

test('flags by key and by name, those that begin so first', () => {
  expect(labels('checkout')).toContain('new-checkout')
  expect(findJumps(world, 'new-c')[0]).toMatchObject({ kind: 'flag', key: 'new-checkout' })
  expect(labels('nothing is called that')).toEqual([])
})

test('an action and a flag; what is killed can only be restored', () => {
  expect(labels('kill new-checkout')).toEqual(['Kill new-checkout in production'])
  expect(labels('kill search-v2')).toEqual([])
  expect(labels('restore search')).toEqual(['Restore search-v2 in production'])
  expect(findJumps(world, 'ramp new-checkout')[0]).toMatchObject({ kind: 'ramp', key: 'new-checkout' })
})

test('ten thousand flags are narrowed to what a screen shows', () => {
  const [flag] = world.flags
  if (!flag) throw new Error('the shop has flags')
  const flags = Array.from({ length: 10_000 }, (_, at) => ({ ...flag, key: `flag-${at}` }))
  expect(findJumps({ ...world, flags }, 'flag-77')).toHaveLength(12)
})
