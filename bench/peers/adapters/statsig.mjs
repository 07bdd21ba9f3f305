// Statsig's JavaScript SDK for servers, its specification given at the start; with its exposure log (the default) and
// without. All gates for one user are an answer meant for its browser SDK, names unhashed.
import { createServer } from 'node:http'

const FIELDS = { country: 'country', email: 'email', version: 'appVersion', plan: 'plan' }
const OPERATORS = { in: 'any', endsWith: 'str_ends_with_any', semverGreaterOrEqual: 'version_gte' }
const user = { isDeviceBased: false, idType: 'userID', additionalValues: {} }

function conditionOf({ op, attribute, values }, segments) {
  if (op === 'segment') {
    const [listed] = segments.filter(({ key }) => key === values[0])
    return { ...user, type: 'unit_id', field: 'userID', operator: 'any', targetValue: listed.included }
  }
  const targetValue = op === 'semverGreaterOrEqual' ? values[0] : values
  return { ...user, type: 'user_field', field: FIELDS[attribute], operator: OPERATORS[op], targetValue }
}

function gateOf({ key, rules, defaultServe: { variant, rollout } }, segments) {
  const everybody = { ...user, type: 'public', targetValue: null, operator: null, field: null }
  const parts = rules.map(({ conditions }) => [conditionOf(conditions[0], segments), 100])
  if (rollout !== undefined) parts.push([everybody, rollout.weight / 1_000])
  else if (variant === 'on') parts.push([everybody, 100])
  return {
    name: key,
    type: 'feature_gate',
    entity: 'feature_gate',
    salt: key,
    enabled: true,
    defaultValue: false,
    idType: 'userID',
    rules: parts.map(([condition, passPercentage], i) => ({
      name: `${key}-${i}`,
      id: `${key}-${i}`,
      salt: `${key}-${i}`,
      passPercentage,
      conditions: [condition],
      returnValue: true,
      idType: 'userID',
      groupName: null,
    })),
  }
}

/** It sends its log somewhere: to a service that takes anything. */
function openSink() {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.end('{"success":true}'))
  })
  server.unref()
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)))
}

const adapter = (name, disableExposureLogging) => ({
  name,
  package: 'statsig-node',
  translate: ({ flags, segments }) => ({
    has_updates: true,
    time: 1,
    feature_gates: flags.map((flag) => gateOf(flag, segments)),
    dynamic_configs: [],
    layer_configs: [],
    layers: {},
    id_lists: {},
    diagnostics: {},
  }),
  async open(document, key) {
    const { default: statsig } = await import('statsig-node')
    await statsig.initialize('secret-bench', {
      bootstrapValues: JSON.stringify(document),
      api: `http://127.0.0.1:${await openSink()}/v1`,
      rulesetsSyncIntervalMs: 3_600_000,
      disableIdListsSync: true,
      disableDiagnostics: true,
      initStrategyForIP3Country: 'none',
      logger: { warn() {}, error() {}, info() {} },
    })
    const options = disableExposureLogging ? { disableExposureLogging } : undefined
    return {
      userOf: ({ key: userID, plan, version: appVersion, ...more }) => ({
        userID,
        ...more,
        ...(plan ? { appVersion, custom: { plan } } : {}),
      }),
      isEnabled: (person) => statsig.checkGate(person, key, options),
      allFlags(person) {
        const { feature_gates: gates } = statsig.getClientInitializeResponse(person, undefined, { hash: 'none' })
        const values = {}
        for (const name in gates) values[name] = gates[name].value
        return values
      },
      close: () => statsig.shutdown(),
    }
  },
})

export const adapters = [adapter('statsig', false), adapter('statsig without exposures', true)]
