import { describe, expect, test } from 'vitest'
import { compileSnapshot, evaluate } from '../src/index.ts'
import { comparable, conformanceSuites } from './conformance.ts'

describe.each(conformanceSuites())('conformance: $name', ({ snapshot, cases }) => {
  const compiled = compileSnapshot(snapshot)
  test.each(cases)('$name', ({ flag, user, fallback = null, expect: expected }) => {
    expect(comparable({ ...evaluate(compiled, flag, user, fallback) }, expected)).toEqual(expected)
  })
})
