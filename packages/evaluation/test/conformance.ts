// The conformance cases, read for whichever evaluation is to be tested with them.
import malformed from '../vectors/conformance/malformed.json' with { type: 'json' }
import operators from '../vectors/conformance/operators.json' with { type: 'json' }
import order from '../vectors/conformance/order.json' with { type: 'json' }
import rollouts from '../vectors/conformance/rollouts.json' with { type: 'json' }
import segments from '../vectors/conformance/segments.json' with { type: 'json' }
import type { Condition, Evaluation, FlagDocument, JsonValue, Snapshot, User } from '../src/index.ts'

export interface ConformanceCase {
  name: string
  flag: string
  user: User
  fallback?: JsonValue
  /** An SDK may refuse this document when it arrives; the flag is then unknown. */
  refusedOnReceipt?: boolean
  expect: Partial<Evaluation>
}

export interface ConformanceSuite {
  name: string
  snapshot: Snapshot
  cases: ConformanceCase[]
}

const place = { epoch: '01J0000000000000000000000A', revision: 1, project: 'default', environment: 'production' }

/** The fields of an answer that a case speaks about. */
export const COMPARED = ['value', 'variant', 'reason', 'errorCode', 'ruleId', 'weight', 'metadata'] as const

/** What of an answer is to be compared with a case's `expect`. */
export function comparable(answer: Record<string, unknown>, expected: Partial<Evaluation>): Record<string, unknown> {
  const names = expected.bucket === undefined ? COMPARED : ([...COMPARED, 'bucket'] as const)
  return Object.fromEntries(names.flatMap((name) => (answer[name] === undefined ? [] : [[name, answer[name]]])))
}

/** All cases; each condition of operators.json becomes a flag of its own. */
export function conformanceSuites(): ConformanceSuite[] {
  return [operatorSuite(), ...Object.entries({ order, rollouts, segments, malformed }).map(suiteOf)]
}

function suiteOf([name, { snapshot, cases }]: [string, { snapshot: unknown; cases: unknown }]): ConformanceSuite {
  return { name, snapshot: { ...place, ...(snapshot as Snapshot) }, cases: cases as ConformanceCase[] }
}

function operatorSuite(): ConformanceSuite {
  const flags: FlagDocument[] = []
  const cases: ConformanceCase[] = []
  for (const [index, { condition, matches, differs }] of operators.conditions.entries()) {
    const flag = `condition-${index}`
    flags.push(flagWith(flag, condition as Condition))
    const add = (a: unknown, expect: Partial<Evaluation>) =>
      cases.push({
        name: `${JSON.stringify(condition)} with ${JSON.stringify(a).slice(0, 60)}`,
        flag,
        user: a === null ? { key: 'ann' } : { key: 'ann', a },
        expect,
      })
    for (const a of matches) add(a, { value: true, variant: 'on', reason: 'TARGETING_MATCH', ruleId: 'r1' })
    for (const a of differs) add(a, { value: false, variant: 'off', reason: 'DEFAULT' })
  }
  return { name: 'operators', snapshot: { ...place, flags, segments: [] }, cases }
}

function flagWith(key: string, condition: Condition): FlagDocument {
  return {
    key,
    type: 'boolean',
    salt: key,
    variants: [
      { name: 'on', value: true },
      { name: 'off', value: false },
    ],
    offVariant: 'off',
    on: true,
    killed: false,
    killRevision: 0,
    rules: [{ id: 'r1', conditions: [condition], serve: { variant: 'on' } }],
    defaultServe: { variant: 'off' },
    allocation: 1,
    revision: 1,
  }
}
