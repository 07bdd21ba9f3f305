// FeatBit's SDK for servers, offline over a document: it then queues no event, which it would do for each call. It has no
// operator for versions: they are given as numbers.
function numberOf(version) {
  const [major, minor, patch] = version.split('.').map(Number)
  return String(major * 10_000 + minor * 100 + patch)
}

function conditionOf({ op, attribute, values }) {
  if (op === 'segment') return { id: 'c', property: 'User is in segment', op: '', value: JSON.stringify(values) }
  if (op === 'semverGreaterOrEqual') {
    return { id: 'c', property: 'version', op: 'BiggerEqualThan', value: numberOf(values[0]) }
  }
  if (op === 'endsWith') return { id: 'c', property: attribute, op: 'EndsWith', value: values[0] }
  return { id: 'c', property: attribute, op: 'IsOneOf', value: JSON.stringify(values) }
}

function variationsOf(share) {
  const on = { id: 'on', rollout: [0, share], exptRollout: 1 }
  return share === 1 ? [on] : [on, { id: 'off', rollout: [share, 1], exptRollout: 1 }]
}

function flagOf({ key, rules, defaultServe: { variant, rollout } }) {
  const share = rollout === undefined ? Number(variant === 'on') : rollout.weight / 100_000
  const off = [{ id: 'off', rollout: [0, 1], exptRollout: 1 }]
  return {
    id: key,
    key,
    variationType: 'boolean',
    updatedAt: '2026-01-01T00:00:00.000Z',
    isEnabled: true,
    exptIncludeAllTargets: false,
    targetUsers: [],
    variations: [
      { id: 'on', value: 'true' },
      { id: 'off', value: 'false' },
    ],
    disabledVariationId: 'off',
    rules: rules.map(({ id, conditions }) => ({
      id,
      name: id,
      dispatchKey: '',
      includedInExpt: false,
      conditions: conditions.map(conditionOf),
      variations: variationsOf(1),
    })),
    fallthrough: { dispatchKey: '', includedInExpt: false, variations: share === 0 ? off : variationsOf(share) },
  }
}

export const adapters = [
  {
    name: 'featbit',
    package: '@featbit/node-server-sdk',
    isAsync: true,
    translate: ({ flags, segments }) => ({
      messageType: 'data-sync',
      data: {
        eventType: 'full',
        featureFlags: flags.map(flagOf),
        segments: segments.map(({ key, included }) => ({
          id: key,
          updatedAt: '2026-01-01T00:00:00.000Z',
          included,
          excluded: [],
          rules: [],
        })),
      },
    }),
    async open(document, key) {
      const { FbClientBuilder } = await import('@featbit/node-server-sdk')
      const client = new FbClientBuilder()
        .sdkKey('bench')
        .offline(true)
        .logger({ error() {}, warn() {}, info() {}, debug() {} })
        .useJsonBootstrapProvider(JSON.stringify(document))
        .build()
      await client.waitForInitialization()
      return {
        userOf: ({ key: id, version, ...attributes }) => ({
          key: id,
          name: id,
          customizedProperties: Object.entries({
            ...attributes,
            ...(version ? { version: numberOf(version) } : {}),
          }).map(([name, value]) => ({ name, value })),
        }),
        isEnabled: (user) => client.boolVariation(key, user, false),
        async allFlags(user) {
          const values = {}
          for (const { flagKey, value } of await client.getAllVariations(user)) values[flagKey] = value === 'true'
          return values
        },
        close: () => client.close(),
      }
    },
  },
]
