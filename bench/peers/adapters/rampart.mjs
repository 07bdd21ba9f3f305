// Rampart's SDK, built for the run (build-sdk.ts), with everything on that is on by default: each call counts an
// exposure. The flags come from a bootstrap document; the service it would talk to never answers.
export const adapters = [
  {
    name: 'rampart',
    translate: (snapshot) => snapshot,
    async open(bootstrap, key) {
      const { createClient } = await import(process.env.RAMPART_BENCH_SDK)
      const silence = () => new Promise(() => {})
      const options = { url: 'http://127.0.0.1:9', sdkKey: 'rps_bench', fetch: silence, onWarning() {} }
      const client = createClient({ ...options, bootstrap })
      return {
        userOf: (person) => person,
        isEnabled: (user) => client.isEnabled(key, user),
        allFlags: (user) => client.allFlags(user),
        close() {},
      }
    },
  },
]
