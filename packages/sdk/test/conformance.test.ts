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

  const refused = cases.filter((one) => one.refusedOnReceipt)
  const read = cases.filter((one) => !one.refusedOnReceipt)

  test.each(read)('$name', ({ flag, user, fallback = null, expect: expected }) => {
    const { value, ...explanation }: Record<string, unknown> = { ...client.explain(flag, user) }
    const answer = { ...explanation, value: value === undefined ? fallback : value }
    expect(comparable(answer, expected)).toEqual(expected)
    expect(client.value(flag, user, null) ?? fallback).toEqual(expected.value)
  })

  test.skipIf(refused.length === 0)('what cannot be read on receipt is unknown', () => {
    expect(refused.map(({ flag, user }) => client.explain(flag, user).errorCode)).toEqual(
      refused.map(() => 'FLAG_NOT_FOUND'),
    )
  })
})
