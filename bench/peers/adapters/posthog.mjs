// PostHog's Node SDK with local evaluation, with its event for each new answer (the default) and without. It has no
// segments of ids that it could evaluate locally: the ids stand in the condition.
const OPERATORS = { in: 'exact', endsWith: 'ends_with', semverGreaterOrEqual: 'semver_gte' }

function propertyOf({ op, attribute, values }, segments) {
  if (op === 'segment') {
    const { included } = segments.find(({ key }) => key === values[0])
    return { key: 'distinct_id', type: 'person', operator: 'exact', value: included }
  }
  const value = op === 'semverGreaterOrEqual' ? values[0] : values
  return { key: attribute, type: 'person', operator: OPERATORS[op], value }
}

function flagOf({ key, rules, defaultServe: { variant, rollout } }, i, segments) {
  const groups = rules.map(({ conditions }) => ({
    properties: [propertyOf(conditions[0], segments)],
    rollout_percentage: 100,
  }))
  if (rollout !== undefined) groups.push({ properties: [], rollout_percentage: rollout.weight / 1_000 })
  else if (variant === 'on') groups.push({ properties: [], rollout_percentage: 100 })
  return { id: i + 1, name: key, key, active: true, is_simple_flag: false, filters: { groups } }
}

const adapter = (name, sendFeatureFlagEvents) => ({
  name,
  package: 'posthog-node',
  isAsync: true,
  translate: ({ flags, segments }) => ({
    flags: flags.map((flag, i) => flagOf(flag, i, segments)),
    group_type_mapping: {},
    cohorts: {},
  }),
  async open(_document, key, serviceUrl) {
    // It warns of the call that answers for one flag.
    console.warn = () => {}
    const { PostHog } = await import('posthog-node')
    const client = new PostHog('phc_bench', {
      personalApiKey: 'phx_bench',
      host: serviceUrl,
      featureFlagsPollingInterval: 3_600_000,
    })
    await client.waitForLocalEvaluationReady(10_000)
    return {
      userOf: ({ key: id, ...personProperties }) => ({
        id,
        options: { onlyEvaluateLocally: true, sendFeatureFlagEvents, personProperties },
      }),
      isEnabled: ({ id, options }) => client.isFeatureEnabled(key, id, options),
      allFlags: ({ id, options }) => client.getAllFlags(id, options),
      close: () => client.shutdown(500),
    }
  },
})

export const adapters = [adapter('posthog', true), adapter('posthog without events', false)]
