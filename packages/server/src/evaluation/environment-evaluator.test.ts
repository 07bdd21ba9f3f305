import { describe, expect, it } from 'vitest'
import { comparable, conformanceSuites } from '../../../evaluation/test/conformance.ts'
import { evaluatorOf } from './environment-evaluator.ts'

// The service evaluates for pages and for OFREP clients by the same law as every SDK.
describe.each(conformanceSuites())("conformance of the service's evaluation: $name", ({ snapshot, cases }) => {
  const { flags, segments, ...place } = snapshot
  const evaluator = evaluatorOf({
    ...place,
    id: 'environment',
    linkKey: null,
    projectId: 'project',
    flags: new Map(flags.map((flag) => [flag?.key, flag])),
    segments: new Map(segments.map((segment) => [segment?.key, segment])),
    removedFlags: new Map(),
    removedSegments: new Map(),
  })

  it.each(cases)('$name', ({ flag, user, fallback = null, expect: expected }) => {
    const answer = { ...evaluator.evaluate(flag, user) }
    if (answer.variant === undefined) answer.value = fallback
    expect(comparable({ ...answer }, expected)).toEqual(expected)
  })
})
