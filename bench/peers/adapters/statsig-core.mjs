// Statsig's newer SDK for servers: an engine written in Rust, as a native module, with its exposure log (the default) and
// without. Its specification is fetched like from its own network. All gates for one user are an answer meant for its
// browser SDK, names unhashed.
const FIELDS = { country: 'country', email: 'email', version: 'appVersion', plan: 'plan' }
const OPERATORS = { in: 'any', endsWith: 'str_ends_with_any', semverGreaterOrEqual: 'version_gte' }
const user = { isDeviceBased: false, idType: 'userID', additionalValues: {} }
const EVERYBODY = { ...user, type: 'public', targetValue: null, operator: null, field: null }

function conditionOf({ op, attribute, values }, segments) {
  if (op === 'segment') {
    const { included } = segments.find(({ key }) => key === values[0])
    return { ...user, type: 'unit_id', field: 'userID', operator: 'any', targetValue: included }
  }
  const targetValue = op === 'semverGreaterOrEqual' ? values[0] : values
  return { ...user, type: 'user_field', field: FIELDS[attribute], operator: OPERATORS[op], targetValue }
}

function translate({ flags, segments }) {
  const condition_map = {}
  const ids = new Map()
  /** Conditions stand in a map of their own, each once. */
  function idOf(condition) {
    const text = JSON.stringify(condition)
    const id = ids.get(text) ?? String(1_000 + ids.size)
    ids.set(text, id)
    condition_map[id] = condition
    return id
  }
  function gateOf({ key, rules, defaultServe: { variant, rollout } }) {
    const parts = rules.map(({ conditions }) => [conditionOf(conditions[0], segments), 100])
    if (rollout !== undefined) parts.push([EVERYBODY, rollout.weight / 1_000])
    else if (variant === 'on') parts.push([EVERYBODY, 100])
    return {
      name: key,
      type: 'feature_gate',
      entity: 'feature_gate',
      salt: key,
      enabled: true,
      defaultValue: false,
      version: 1,
      idType: 'userID',
      isDeviceBased: false,
      rules: parts.map(([condition, passPercentage], i) => ({
        name: `${key}-${i}`,
        id: `${key}-${i}`,
        salt: `${key}-${i}`,
        passPercentage,
        conditions: [idOf(condition)],
        returnValue: true,
        idType: 'userID',
        groupName: null,
      })),
    }
  }
  return {
    has_updates: true,
    time: 1,
    company_id: 'bench',
    response_format: 'dcs-v2',
    feature_gates: Object.fromEntries(flags.map((flag) => [flag.key, gateOf(flag)])),
    dynamic_configs: {},
    layer_configs: {},
    layers: {},
    condition_map,
    experiment_to_layer: {},
    param_stores: {},
    id_lists: {},
    sdk_configs: {},
    sdk_flags: {},
    diagnostics: {},
  }
}

const adapter = (name, disableExposureLogging) => ({
  name,
  package: '@statsig/statsig-node-core',
  translate,
  async open(_document, key, serviceUrl) {
    const { Statsig, StatsigUser } = await import('@statsig/statsig-node-core')
    const client = new Statsig('secret-bench', {
      specsUrl: `${serviceUrl}/v2/download_config_specs`,
      logEventUrl: `${serviceUrl}/v1/log_event`,
      idListsUrl: `${serviceUrl}/v1/get_id_lists`,
      enableIdLists: false,
      specsSyncIntervalMs: 3_600_000,
      disableCountryLookup: true,
      outputLogLevel: 'none',
      initTimeoutMs: 10_000,
    })
    const { isSuccess } = await client.initialize()
    if (!isSuccess) throw new Error('statsig could not be initialized')
    const options = disableExposureLogging ? { disableExposureLogging } : undefined
    return {
      userOf: ({ key: userID, plan, version: appVersion, ...more }) =>
        new StatsigUser({ userID, ...more, ...(plan ? { appVersion, custom: { plan } } : {}) }),
      isEnabled: (person) => client.checkGate(person, key, options),
      allFlags(person) {
        const answer = JSON.parse(client.getClientInitializeResponse(person, { hashAlgorithm: 'none' }))
        const values = {}
        for (const name in answer.feature_gates) values[name] = answer.feature_gates[name].value
        return values
      },
      close: () => client.shutdown(),
    }
  },
})

export const adapters = [adapter('statsig core', false), adapter('statsig core without exposures', true)]
