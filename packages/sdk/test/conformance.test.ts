import { describe, expect, test } from 'vitest'
import { comparable, conformanceSuites } from '../../evaluation/test/conformance.ts'
import { createClient } from '../src/index.ts'

// The service is not there: what is bundled with the application answers, by the same law.
describe.each(conformanceSuites())('conformance through the client: $name', ({ snapshot, cases }) => {
  const client = createClient({
    url: 'http://127.0.0.1:9',
    sdkKey: `rps_conformance_${snapshot.flags.length}`,
    bootstrap: snapshot,
    onWarning: () => {},
  })

  test.each(cases)('$name', ({ flag, user, fallback = null, refusedOnReceipt, expect: expected }) => {
    if (refusedOnReceipt) return expect(client.explain(flag, user).errorCode).toBe('FLAG_NOT_FOUND')
    const { value, ...explanation }: Record<string, unknown> = { ...client.explain(flag, user) }
    const answer = { ...explanation, value: value === undefined ? fallback : value }
    expect(comparable(answer, expected)).toEqual(expected)
    if (expected.errorCode === undefined) expect(client.value(flag, user, null)).toEqual(expected.value)
  })
})
