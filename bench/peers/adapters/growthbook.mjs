// GrowthBookClient: the one meant for servers with many users. It has no operator "ends with": a regular expression.
const conditionOf = ({ op, attribute, values }) => {
  if (op === 'segment') return { id: { $inGroup: values[0] } }
  if (op === 'in') return { [attribute]: values.length > 1 ? { $in: values } : values[0] }
  if (op === 'endsWith') return { [attribute]: { $regex: `${values[0].replaceAll('.', '\\.')}$` } }
  return { [attribute]: { $vgte: values[0] } }
}

function featureOf({ key, rules, defaultServe: { variant, rollout } }) {
  const forced = rules.map(({ conditions }) => ({ condition: conditionOf(conditions[0]), force: true }))
  if (rollout === undefined) return { defaultValue: variant === 'on', ...(forced.length > 0 ? { rules: forced } : {}) }
  const share = { force: true, coverage: rollout.weight / 100_000, hashAttribute: 'id', hashVersion: 2, seed: key }
  return { defaultValue: false, rules: [...forced, share] }
}

export const adapters = [
  {
    name: 'growthbook',
    package: '@growthbook/growthbook',
    translate: ({ flags, segments }) => ({
      features: Object.fromEntries(flags.map((flag) => [flag.key, featureOf(flag)])),
      savedGroups: Object.fromEntries(segments.map(({ key, included }) => [key, included])),
    }),
    async open(payload, key) {
      const { GrowthBookClient } = await import('@growthbook/growthbook')
      const client = new GrowthBookClient()
      client.initSync({ payload })
      return {
        userOf: ({ key: id, ...attributes }) => ({ attributes: { id, ...attributes } }),
        isEnabled: (user) => client.isOn(key, user),
        allFlags(user) {
          const values = {}
          for (const name in client.getFeatures()) values[name] = client.isOn(name, user)
          return values
        },
        close: () => client.destroy(),
      }
    },
  },
]
