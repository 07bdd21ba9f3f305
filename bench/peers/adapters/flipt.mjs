// Flipt's client for Node: an engine written in Rust, as WebAssembly. It counts nothing and has no operator for versions:
// they are given as numbers. Its snapshot is fetched like from a server of its own.
function numberOf(version) {
  const [major, minor, patch] = version.split('.').map(Number)
  return String(major * 10_000 + minor * 100 + patch)
}

function constraintOf({ op, attribute, values }, segments) {
  if (op === 'segment') {
    const { included } = segments.find(({ key }) => key === values[0])
    const type = 'ENTITY_ID_CONSTRAINT_COMPARISON_TYPE'
    return { type, property: 'entity', operator: 'isoneof', value: JSON.stringify(included) }
  }
  if (op === 'semverGreaterOrEqual') {
    const type = 'NUMBER_CONSTRAINT_COMPARISON_TYPE'
    return { type, property: attribute, operator: 'gte', value: numberOf(values[0]) }
  }
  const [operator, value] = op === 'in' ? ['isoneof', JSON.stringify(values)] : ['suffix', values[0]]
  return { type: 'STRING_CONSTRAINT_COMPARISON_TYPE', property: attribute, operator, value }
}

function flagOf({ key, rules, defaultServe: { variant, rollout } }, segments) {
  const rollouts = rules.map(({ id, conditions }, i) => {
    const constraints = [constraintOf(conditions[0], segments)]
    const segment = { key: id, matchType: 'ALL_SEGMENT_MATCH_TYPE', constraints }
    const matched = { value: true, segmentOperator: 'OR_SEGMENT_OPERATOR', segments: [segment] }
    return { type: 'SEGMENT_ROLLOUT_TYPE', rank: i + 1, segment: matched }
  })
  if (rollout !== undefined) {
    const threshold = { percentage: rollout.weight / 1_000, value: true }
    rollouts.push({ type: 'THRESHOLD_ROLLOUT_TYPE', rank: rollouts.length + 1, threshold })
  }
  return { key, name: key, type: 'BOOLEAN_FLAG_TYPE', enabled: variant === 'on', rules: [], rollouts }
}

export const adapters = [
  {
    name: 'flipt',
    package: '@flipt-io/flipt-client-js',
    translate: ({ flags, segments }) => ({
      namespace: { key: 'default' },
      flags: flags.map((flag) => flagOf(flag, segments)),
    }),
    async open(_document, flagKey, serviceUrl) {
      // Its engine warns of how its own package starts it.
      console.warn = () => {}
      const { FliptClient } = await import('@flipt-io/flipt-client-js')
      const client = await FliptClient.init({ url: serviceUrl, updateInterval: 0 })
      const keys = client.listFlags().map(({ key }) => key)
      return {
        userOf: ({ key: entityId, version, ...more }) => {
          const context = version === undefined ? {} : { ...more, version: numberOf(version) }
          return { flagKey, entityId, context }
        },
        isEnabled: (user) => client.evaluateBoolean(user).enabled,
        allFlags({ entityId, context }) {
          const values = {}
          const { responses } = client.evaluateBatch(keys.map((key) => ({ flagKey: key, entityId, context })))
          for (const { booleanEvaluationResponse: answer } of responses) values[answer.flagKey] = answer.enabled
          return values
        },
        close: () => client.close(),
      }
    },
  },
]
