// What the sentences of the scenarios do, for either OpenFeature SDK.
import type { EvaluationContext, EvaluationDetails, FlagValue, JsonValue } from '@openfeature/core'
import { expect } from 'vitest'

type Status = 'stable' | 'not ready' | 'error' | 'fatal' | 'stale'

/** The part of a hook that both SDKs have in common. */
interface Hook {
  before(): void
  after(): void
}

/** An SDK with a provider in some state, behind one face. */
export interface World {
  evaluate(
    type: string,
    key: string,
    fallback: FlagValue,
    context: EvaluationContext,
    hooks: Hook[],
  ): Promise<EvaluationDetails<FlagValue>>
  status(): string
}

export function stepsFor(open: (status: Status) => Promise<World>): [RegExp, (...values: string[]) => unknown][] {
  let world: World
  let type = ''
  let key = ''
  let fallback: FlagValue = false
  let details: EvaluationDetails<FlagValue>
  const context: EvaluationContext = {}
  const hooks: Hook[] = []
  const ran: string[] = []

  const read = (as: string, text: string): FlagValue => {
    if (as === 'Boolean') return text === 'true'
    if (as === 'Integer' || as === 'Float') return Number(text)
    return as === 'Object' ? (JSON.parse(text.replaceAll('\\"', '"')) as JsonValue) : text
  }
  const evaluate = async () => {
    details = await world.evaluate(type, key, fallback, context, hooks)
  }
  const hookCalled = (name: string): Hook => ({
    before: () => void ran.push(`before ${name}`),
    after: () => void ran.push(`after ${name}`),
  })

  return [
    [
      /^an? (stable|not ready|error|fatal|stale) provider$/,
      async (status) => void (world = await open(status as Status)),
    ],
    [
      /^an? (\w+)-flag with key "(.*)" and a fallback value "(.*)"$/,
      (as = '', name = '', value = '') => {
        type = as
        key = name
        fallback = read(as, value)
      },
    ],
    [
      /^a context containing a key "(\w+)", with type "(\w+)" and with value "(.*)"$/,
      (name = '', as = '', value = '') => void (context[name] = read(as, value) as string),
    ],
    [/^a context containing a key "(\w+)" with null value$/, (name = '') => void (context[name] = null)],
    [
      /^an evaluation context with modifiable data$/,
      () => void Object.assign(context, { email: 'a@b.c', deep: { a: 1 } }),
    ],
    [
      /^evaluation options containing specific hooks$/,
      () => void hooks.push(hookCalled('first'), hookCalled('second')),
    ],
    [/^the flag was evaluated with details( using the evaluation options| asynchronously)?$/, evaluate],
    [/^the resolved details value should be "(.*)"$/, (value = '') => expect(details.value).toEqual(read(type, value))],
    [/^the reason should be "(.*)"$/, (reason) => expect(details.reason).toBe(reason)],
    [/^the error-code should be "(.*)"$/, (code) => expect(details.errorCode).toBe(code)],
    [/^the flag key should be "(.*)"$/, (name) => expect(details.flagKey).toBe(name)],
    [/^the variant should be "(.*)"$/, (variant) => expect(details.variant).toBe(variant)],
    [
      /^the provider status should be "(.*)"$/,
      (status) => expect.poll(() => world.status(), { timeout: 5_000 }).toBe(status),
    ],
    [/^the specified hooks should execute during evaluation$/, () => expect(ran).toHaveLength(4)],
    [
      /^the hook order should be maintained$/,
      () => expect(ran).toEqual(['before first', 'before second', 'after second', 'after first']),
    ],
    [
      /^the original evaluation context should remain unmodified$/,
      () => expect(context).toEqual({ email: 'a@b.c', deep: { a: 1 } }),
    ],
    [/^the evaluation details should be immutable$/, () => expect(Object.isFrozen(details.flagMetadata)).toBe(true)],
    [/^the evaluation should complete without blocking$/, () => expect(details).toBeDefined()],
  ]
}
