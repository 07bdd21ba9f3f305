// flagd's evaluator in the process: JSON logic, compiled to functions.
const logicOf = ({ op, attribute, values }) => {
  if (op === 'segment') return { $ref: values[0] }
  if (op === 'in')
    return values.length > 1 ? { in: [{ var: attribute }, values] } : { '==': [{ var: attribute }, values[0]] }
  if (op === 'endsWith') return { ends_with: [{ var: attribute }, values[0]] }
  return { sem_ver: [{ var: attribute }, '>=', values[0]] }
}

function flagOf({ rules, defaultServe: { variant, rollout } }) {
  const percent = rollout === undefined ? 0 : rollout.weight / 1_000
  const last =
    rollout === undefined
      ? variant
      : {
          fractional: [
            ['on', percent],
            ['off', 100 - percent],
          ],
        }
  const targeting =
    rules.length === 0 ? last : { if: [...rules.flatMap((rule) => [logicOf(rule.conditions[0]), 'on']), last] }
  const isDynamic = rules.length > 0 || rollout !== undefined
  return {
    state: 'ENABLED',
    variants: { on: true, off: false },
    defaultVariant: variant === 'on' ? 'on' : 'off',
    ...(isDynamic ? { targeting } : {}),
  }
}

export const adapters = [
  {
    name: 'flagd',
    package: '@openfeature/flagd-core',
    translate: ({ flags, segments }) => ({
      flags: Object.fromEntries(flags.map((flag) => [flag.key, flagOf(flag)])),
      $evaluators: Object.fromEntries(
        segments.map(({ key, included }) => [key, { in: [{ var: 'targetingKey' }, included] }]),
      ),
    }),
    async open(document, key) {
      const { FlagdCore } = await import('@openfeature/flagd-core')
      const core = new FlagdCore()
      core.setConfigurations(JSON.stringify(document))
      return {
        userOf: ({ key: targetingKey, ...attributes }) => ({ targetingKey, ...attributes }),
        isEnabled: (user) => core.resolveBooleanEvaluation(key, false, user).value,
        allFlags(user) {
          const values = {}
          for (const { flagKey, value } of core.resolveAll(user)) values[flagKey] = value
          return values
        },
        close() {},
      }
    },
  },
]
