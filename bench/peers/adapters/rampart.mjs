// Rampart's SDK, built for the run (build-sdk.ts), with everything on that is on by default: each call counts an
// exposure. The flags come from a bootstrap, the text of a snapshot as the service serves it; the service never answers.

/** A flag as the service writes it. */
function headFirst({ key, revision, killed, killRevision, ...rest }) {
  return { flag: { key, revision, killed, killRevision, ...rest } }
}

export const adapters = [
  {
    name: 'rampart',
    isText: true,
    translate({ flags, segments, ...header }) {
      const end = { flags: flags.length, segments: segments.length }
      const rows = [...flags.map(headFirst), ...segments.map((segment) => ({ segment }))]
      return [{ rampart: 1, ...header }, ...rows, { end }].map((line) => `${JSON.stringify(line)}\n`).join('')
    },
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
