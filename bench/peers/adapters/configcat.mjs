// ConfigCat's SDK for Node: asked call by call, and through the snapshot that it can hand out. It counts nothing. Its
// configuration is fetched like from its own network.
const ATTRIBUTES = { country: 'Country', email: 'Email', plan: 'plan', version: 'version' }
const ON = { v: { b: true }, i: 'on' }
const OFF = { v: { b: false }, i: 'off' }
const ONE_OF = 0
const VERSION_AT_LEAST = 9
const ENDS_WITH = 32

function conditionOf({ op, attribute, values }) {
  if (op === 'segment') return { s: { s: 0, c: 0 } }
  const a = ATTRIBUTES[attribute]
  if (op === 'semverGreaterOrEqual') return { u: { a, c: VERSION_AT_LEAST, s: values[0] } }
  return { u: { a, c: op === 'in' ? ONE_OF : ENDS_WITH, l: values } }
}

function settingOf({ rules, defaultServe: { variant, rollout } }) {
  const targeting = rules.map(({ conditions }) => ({ c: [conditionOf(conditions[0])], s: ON }))
  const percent = rollout === undefined ? 0 : rollout.weight / 1_000
  return {
    t: 0,
    ...(variant === 'on' ? ON : OFF),
    ...(targeting.length > 0 ? { r: targeting } : {}),
    ...(rollout === undefined
      ? {}
      : {
          p: [
            { p: percent, ...ON },
            { p: 100 - percent, ...OFF },
          ],
        }),
  }
}

const adapter = (name, usesSnapshot) => ({
  name,
  package: '@configcat/sdk',
  isAsync: !usesSnapshot,
  translate: ({ flags, segments }) => ({
    p: { u: 'http://127.0.0.1', r: 0, s: 'c2FsdC1zYWx0LXNhbHQ=' },
    s: segments.map(({ key, included }) => ({ n: key, r: [{ a: 'Identifier', c: ONE_OF, l: included }] })),
    f: Object.fromEntries(flags.map((flag) => [flag.key, settingOf(flag)])),
  }),
  async open(_document, key, serviceUrl) {
    const { createConsoleLogger, getClient, LogLevel, PollingMode, User } = await import('@configcat/sdk/node')
    const client = getClient('bench-sdk-key-12345678/bench-sdk-key-12345678', PollingMode.AutoPoll, {
      baseUrl: serviceUrl,
      pollIntervalSeconds: 3_600,
      maxInitWaitTimeSeconds: 10,
      logger: createConsoleLogger(LogLevel.Error),
    })
    await client.waitForReady()
    const snapshot = client.snapshot()
    const keys = snapshot.getAllKeys()
    return {
      userOf: ({ key: id, email, country, ...custom }) => new User(id, email, country, custom),
      isEnabled: usesSnapshot
        ? (user) => snapshot.getValue(key, false, user)
        : (user) => client.getValueAsync(key, false, user),
      allFlags: usesSnapshot
        ? (user) => Object.fromEntries(keys.map((name) => [name, snapshot.getValue(name, false, user)]))
        : async (user) => {
            const values = {}
            for (const { settingKey, settingValue } of await client.getAllValuesAsync(user)) {
              values[settingKey] = settingValue
            }
            return values
          },
      close: () => client.dispose(),
    }
  },
})

export const adapters = [adapter('configcat', false), adapter('configcat with a snapshot', true)]
