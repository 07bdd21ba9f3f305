// Unleash's Node SDK from a bootstrap, with its metrics (the default) and without.
const OPERATORS = { in: 'IN', endsWith: 'STR_ENDS_WITH', semverGreaterOrEqual: 'SEMVER_GTE' }

function strategiesOf({ key, rules, defaultServe: { variant, rollout } }) {
  const strategies = rules.map(({ conditions: [{ op, attribute, values }] }) => {
    if (op === 'segment') return { name: 'default', parameters: {}, constraints: [], segments: [1] }
    const constraint = { contextName: attribute, operator: OPERATORS[op] }
    const given = op === 'semverGreaterOrEqual' ? { value: values[0] } : { values }
    return { name: 'default', parameters: {}, constraints: [{ ...constraint, ...given }] }
  })
  if (variant === 'on') return [...strategies, { name: 'default', parameters: {}, constraints: [] }]
  if (rollout === undefined) return strategies
  const parameters = { rollout: String(rollout.weight / 1_000), stickiness: 'default', groupId: key }
  return [...strategies, { name: 'flexibleRollout', parameters, constraints: [] }]
}

const adapter = (name, disableMetrics) => ({
  name,
  package: 'unleash-client',
  translate: ({ flags, segments }) => ({
    data: flags.map((flag) => ({
      name: flag.key,
      type: 'release',
      enabled: true,
      stale: false,
      impressionData: false,
      project: 'default',
      variants: [],
      strategies: strategiesOf(flag),
    })),
    segments: segments.map(({ key, included }, i) => ({
      id: i + 1,
      name: key,
      constraints: [{ contextName: 'userId', operator: 'IN', values: included }],
    })),
  }),
  async open(bootstrap, key) {
    const { InMemStorageProvider, Unleash } = await import('unleash-client')
    const client = new Unleash({
      url: 'http://127.0.0.1:9',
      appName: 'bench',
      refreshInterval: 0,
      disableMetrics,
      bootstrap,
      storageProvider: new InMemStorageProvider(),
      skipInstanceCountWarning: true,
    })
    // The service it would register with is not there.
    client.on('error', () => {})
    client.on('warn', () => {})
    await new Promise((resolve) => client.once('ready', resolve))
    const names = client.getFeatureToggleDefinitions().map(({ name: flagName }) => flagName)
    return {
      userOf: ({ key: userId, ...properties }) => ({ userId, properties }),
      isEnabled: (user) => client.isEnabled(key, user),
      allFlags(user) {
        const values = {}
        for (const flagName of names) values[flagName] = client.isEnabled(flagName, user)
        return values
      },
      close: () => client.destroy(),
    }
  },
})

export const adapters = [adapter('unleash', false), adapter('unleash without metrics', true)]
