// DevCycle's SDK for servers: an engine in WebAssembly that counts by itself. Its configuration is fetched like from its
// own network. All flags of a user are those that the user has.
const id = (kind, number) => kind + String(number).padStart(24 - kind.length, '0')
const everybody = { type: 'all', comparator: '=', values: [] }

function filterOf({ op, attribute, values }) {
  if (op === 'segment') return { type: 'audienceMatch', comparator: '=', _audiences: values }
  const filter = { type: 'user', comparator: '=', values }
  if (attribute === 'plan') {
    return { ...filter, subType: 'customData', dataKey: 'plan', dataKeyType: 'String' }
  }
  if (op === 'endsWith') return { ...filter, subType: 'email', comparator: 'endWith' }
  if (op === 'semverGreaterOrEqual') return { ...filter, subType: 'appVersion', comparator: '>=' }
  return { ...filter, subType: attribute }
}

function featureOf({ key, rules, defaultServe: { variant, rollout } }, i) {
  const on = id('a', i)
  const off = id('b', i)
  const variation = (_id, name, value) => ({ _id, key: name, name, variables: [{ _var: id('d', i), value }] })
  const share = rollout === undefined ? 1 : rollout.weight / 100_000
  const targets = rules.map(({ conditions }) => [filterOf(conditions[0]), 1])
  if (rollout !== undefined || variant === 'on') targets.push([everybody, share])
  return {
    _id: id('c', i),
    type: 'release',
    key,
    variations: [variation(on, 'on', true), variation(off, 'off', false)],
    configuration: {
      _id: id('e', i),
      forcedUsers: {},
      targets: targets.map(([filter, percentage], place) => ({
        _id: id(`f${place}`, i),
        _audience: { _id: id(`1${place}`, i), filters: { operator: 'and', filters: [filter] } },
        distribution: [
          { _variation: on, percentage },
          ...(percentage < 1 ? [{ _variation: off, percentage: 1 - percentage }] : []),
        ],
      })),
    },
  }
}

const colors = { primary: '#000000', secondary: '#000000' }
const settings = {
  edgeDB: { enabled: false },
  optIn: { enabled: false, title: '', description: '', imageURL: '', colors, poweredByAlignment: 'center' },
  disablePassthroughRollouts: false,
}

export const adapters = [
  {
    name: 'devcycle',
    package: '@devcycle/nodejs-server-sdk',
    translate: ({ flags, segments }) => ({
      project: { _id: id('2', 0), key: 'bench', a0_organization: 'org_bench', settings },
      environment: { _id: id('3', 0), key: 'bench' },
      variables: flags.map(({ key }, i) => ({ _id: id('d', i), key, type: 'Boolean' })),
      variableHashes: Object.fromEntries(flags.map(({ key }, i) => [key, i + 1])),
      audiences: Object.fromEntries(
        segments.map(({ key, included }) => {
          const listed = { type: 'user', subType: 'user_id', comparator: '=', values: included }
          return [key, { filters: { operator: 'and', filters: [listed] } }]
        }),
      ),
      features: flags.map(featureOf),
    }),
    async open(_document, key, serviceUrl) {
      const { initializeDevCycle } = await import('@devcycle/nodejs-server-sdk')
      const client = await initializeDevCycle('dvc_server_bench', {
        configCDNURI: serviceUrl,
        eventsAPIURI: serviceUrl,
        bucketingAPIURI: serviceUrl,
        disableRealTimeUpdates: true,
        configPollingIntervalMS: 3_600_000,
        eventFlushIntervalMS: 60_000,
        logger: { error() {}, warn() {}, info() {}, debug() {} },
      }).onClientInitialized()
      return {
        userOf: ({ key: user_id, version: appVersion, plan, ...more }) =>
          plan === undefined ? { user_id } : { user_id, ...more, appVersion, customData: { plan } },
        isEnabled: (user) => client.variableValue(user, key, false),
        allFlags(user) {
          const values = {}
          for (const [name, { value }] of Object.entries(client.allVariables(user))) values[name] = value
          return values
        },
        // Whoever is in no target of a flag does not hear of it.
        leavesOut: true,
        close: () => client.close(),
      }
    },
  },
]
