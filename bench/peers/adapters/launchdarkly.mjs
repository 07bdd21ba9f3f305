// LaunchDarkly's server SDK over its file data source, with its events (the default) and without. It has no operator
// "version at least": "less than", negated.
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const ON = 0
const OFF = 1

function clauseOf({ op, attribute, values }) {
  if (op === 'segment') return { op: 'segmentMatch', attribute: '', values }
  const clause = { attribute, contextKind: 'user', values }
  return op === 'semverGreaterOrEqual' ? { ...clause, op: 'semVerLessThan', negate: true } : { ...clause, op }
}

function serveOf({ variant, rollout }) {
  if (rollout === undefined) return { variation: variant === 'on' ? ON : OFF }
  const variations = [
    { variation: ON, weight: rollout.weight },
    { variation: OFF, weight: 100_000 - rollout.weight },
  ]
  return { rollout: { contextKind: 'user', bucketBy: 'key', variations } }
}

function flagOf({ key, salt, rules, defaultServe }) {
  return {
    key,
    salt,
    version: 1,
    on: true,
    variations: [true, false],
    offVariation: OFF,
    targets: [],
    contextTargets: [],
    prerequisites: [],
    rules: rules.map(({ id, conditions, serve }) => ({ id, clauses: conditions.map(clauseOf), ...serveOf(serve) })),
    fallthrough: serveOf(defaultServe),
  }
}

const adapter = (name, sendEvents) => ({
  name,
  package: '@launchdarkly/node-server-sdk',
  isAsync: true,
  translate: ({ flags, segments }) => ({
    flags: Object.fromEntries(flags.map((flag) => [flag.key, flagOf(flag)])),
    segments: Object.fromEntries(
      segments.map((segment) => [segment.key, { ...segment, version: 1, rules: [], salt: 's' }]),
    ),
  }),
  async open(document, key) {
    const { init } = await import('@launchdarkly/node-server-sdk')
    const { FileDataSourceFactory } = await import('@launchdarkly/node-server-sdk/integrations')
    const path = join(mkdtempSync(join(tmpdir(), 'rampart-bench-')), 'flags.json')
    writeFileSync(path, JSON.stringify(document))
    const nowhere = 'http://127.0.0.1:9'
    const quiet = { debug() {}, info() {}, warn() {}, error() {} }
    const client = init('sdk-bench', {
      updateProcessor: new FileDataSourceFactory({ paths: [path] }).getFactory(),
      sendEvents,
      baseUri: nowhere,
      streamUri: nowhere,
      eventsUri: nowhere,
      diagnosticOptOut: true,
      logger: quiet,
    })
    await client.waitForInitialization({ timeout: 10 })
    return {
      userOf: (person) => ({ kind: 'user', ...person }),
      isEnabled: (user) => client.variation(key, user, false),
      allFlags: async (user) => (await client.allFlagsState(user)).allValues(),
      close: () => client.close(),
    }
  },
})

export const adapters = [adapter('launchdarkly', true), adapter('launchdarkly without events', false)]
