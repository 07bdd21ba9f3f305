import { describe, expect, it } from 'vitest'
import { problemOfPattern } from './check-pattern.ts'

describe('a regular expression in a condition', () => {
  it.each([['^[a-z]+-\\d{2}$'], ['^\\w+([.-]\\w+)*@example\\.org$'], ['\\p{L}+'], ['']])(
    'may be %s',
    async (source) => {
      expect(await problemOfPattern(source, false)).toBeUndefined()
    },
  )

  it.each([
    ['^(a+)+$', /can take very long/],
    ['^(.*)@(.*)$', /can take very long/],
    ['(', /no regular expression/],
    ['(?=a)b', /other languages/],
    ['(a)\\1', /other languages/],
    ['a'.repeat(1_001), /at most 1000 characters/],
  ])('may not be %s', async (source, message) => {
    expect(await problemOfPattern(source, false)).toMatch(message)
  })
})
