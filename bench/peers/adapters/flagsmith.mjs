// Flagsmith's Node SDK, offline, with an environment document. For one user it always evaluates every flag; rules are
// overrides by segments, "ends with" is a regular expression.
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const OPERATORS = { in: 'IN', endsWith: 'REGEX', semverGreaterOrEqual: 'GREATER_THAN_INCLUSIVE' }

function valueOf(op, values) {
  if (op === 'endsWith') return `.*${values[0].replaceAll('.', '\\.')}$`
  return op === 'semverGreaterOrEqual' ? `${values[0]}:semver` : values.join(',')
}

function translate({ flags, segments }) {
  const overrides = new Map()
  let states = 0
  const stateOf = (id, name, enabled, more = {}) => ({
    feature: { id, name, type: 'STANDARD' },
    enabled,
    django_id: ++states,
    featurestate_uuid: `00000000-0000-4000-8000-${String(states).padStart(12, '0')}`,
    feature_state_value: null,
    multivariate_feature_state_values: [],
    ...more,
  })
  const segmentOf = (name, condition) => {
    const rules = [{ type: 'ALL', conditions: [], rules: [{ type: 'ANY', conditions: [condition], rules: [] }] }]
    const found = overrides.get(name) ?? { id: overrides.size + 1, name, rules, feature_states: [] }
    overrides.set(name, found)
    return found
  }
  const conditionOf = ({ op, attribute, values }) => {
    if (op !== 'segment') return { operator: OPERATORS[op], property_: attribute, value: valueOf(op, values) }
    const { included } = segments.find(({ key }) => key === values[0])
    return { operator: 'IN', property_: '$.identity.identifier', value: included.join(',') }
  }
  const feature_states = flags.map(({ key, rules, defaultServe: { variant, rollout } }, i) => {
    const override = (name, condition, priority) =>
      segmentOf(name, condition).feature_states.push(stateOf(i + 1, key, true, { feature_segment: { priority } }))
    rules.forEach(({ conditions: [condition] }, priority) => {
      override(JSON.stringify(condition), conditionOf(condition), priority)
    })
    if (rollout !== undefined) {
      const split = { operator: 'PERCENTAGE_SPLIT', property_: '', value: String(rollout.weight / 1_000) }
      override(`share of ${key}`, split, rules.length)
    }
    return stateOf(i + 1, key, variant === 'on')
  })
  const organisation = {
    id: 1,
    name: 'o',
    feature_analytics: false,
    stop_serving_flags: false,
    persist_trait_data: true,
  }
  const project = { id: 1, name: 'p', hide_disabled_flags: false, organisation, segments: [...overrides.values()] }
  return {
    id: 1,
    api_key: 'bench',
    name: 'bench',
    updated_at: '2026-01-01T00:00:00Z',
    feature_states,
    identity_overrides: [],
    project,
  }
}

export const adapters = [
  {
    name: 'flagsmith',
    package: 'flagsmith-nodejs',
    isAsync: true,
    translate,
    async open(document, key) {
      const { Flagsmith, LocalFileHandler } = await import('flagsmith-nodejs')
      const path = join(mkdtempSync(join(tmpdir(), 'rampart-bench-')), 'environment.json')
      writeFileSync(path, JSON.stringify(document))
      const client = new Flagsmith({ offlineMode: true, offlineHandler: new LocalFileHandler(path) })
      return {
        userOf: ({ key: id, ...traits }) => ({ id, traits }),
        isEnabled: async ({ id, traits }) => (await client.getIdentityFlags(id, traits)).isFeatureEnabled(key),
        async allFlags({ id, traits }) {
          const values = {}
          for (const { featureName, enabled } of (await client.getIdentityFlags(id, traits)).allFlags()) {
            values[featureName] = enabled
          }
          return values
        },
        close: () => client.close(),
      }
    },
  },
]
