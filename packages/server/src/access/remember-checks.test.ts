import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { rememberChecks } from './remember-checks.ts'

const log = pino({ level: 'silent' })

function setUp() {
  const world = { now: 0, answer: 'key' as string | null, isAway: false, asked: 0 }
  const checks = rememberChecks<string>(
    async () => {
      world.asked += 1
      if (world.isAway) throw new Error('away')
      return world.answer
    },
    log,
    () => world.now,
  )
  return { world, checks }
}

describe('remembered checks', () => {
  it('ask once and answer from memory for three seconds', async () => {
    const { world, checks } = setUp()
    expect(checks.peek('h')).toBe(undefined)
    expect(await checks.find('h')).toBe('key')
    world.now = 2900
    expect(checks.peek('h')).toBe('key')
    expect(world.asked).toBe(1)
  })

  it('ask again in the background between three and five seconds', async () => {
    const { world, checks } = setUp()
    await checks.find('h')
    world.now = 4000
    world.answer = null
    expect(checks.peek('h')).toBe('key')
    await Promise.resolve()
    expect(await checks.find('h')).toBe(null)
  })

  it('never give an answer older than five seconds to somebody who was revoked', async () => {
    const { world, checks } = setUp()
    await checks.find('h')
    world.now = 60_000
    world.answer = null
    expect(checks.peek('h')).toBe(undefined)
    expect(await checks.find('h')).toBe(null)
  })

  it('stand while the database is away', async () => {
    const { world, checks } = setUp()
    await checks.find('h')
    world.isAway = true
    world.now = 3_600_000
    expect(await checks.find('h')).toBe('key')
    await expect(checks.find('stranger')).rejects.toThrow('away')
  })

  it('never remember a refusal: a key may be made a moment later', async () => {
    const { world, checks } = setUp()
    world.answer = null
    expect(await checks.find('h')).toBe(null)
    world.answer = 'key'
    expect(await checks.find('h')).toBe('key')
  })

  it('are made again after an invalidation', async () => {
    const { world, checks } = setUp()
    await checks.find('h')
    checks.invalidate()
    world.answer = null
    expect(await checks.find('h')).toBe(null)
  })

  it('are shared by all who ask at the same time', async () => {
    const { world, checks } = setUp()
    expect(await Promise.all([checks.find('h'), checks.find('h'), checks.find('h')])).toEqual(['key', 'key', 'key'])
    expect(world.asked).toBe(1)
  })
})
