// An application whose event loop is watched: as often as it turns, it looks at the time since the turn before, and at the
// processor time of its thread: a busy machine makes turns long, and adds no work to them.
const [sdkFile, url] = process.argv.slice(2)
const { createClient } = await import(sdkFile)
const person = { key: 'user-7', country: 'US', plan: 'pro', email: 'user-7@mail.example', version: '2.1.0' }
/** After the last news: what is still being compiled is compiled by then. */
const SETTLED_MS = 1_500
const longest = { wall: 0, cpu: 0 }
let before = { wall: performance.now(), cpu: cpuMs() }

function cpuMs() {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1_000
}

function turn() {
  const now = { wall: performance.now(), cpu: cpuMs() }
  for (const clock of ['wall', 'cpu']) longest[clock] = Math.max(longest[clock], now[clock] - before[clock])
  before = now
  setImmediate(turn)
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** The longest stall while `wait` is not over, and for a while after it. */
async function watch(wait) {
  await sleep(50)
  Object.assign(longest, { wall: 0, cpu: 0 })
  await wait()
  await sleep(SETTLED_MS)
  return { ...longest }
}

let client
const revisionIs = async (revision) => {
  while (client.status().revision !== revision) await sleep(1)
}

const steps = {
  /** The engine loads much code when `fetch` is first used, whoever does so. */
  firstFetch: () => watch(() => fetch(`${url}/nothing`).then((answer) => answer.text())),
  /** What the machine does to a loop that has nothing to do. */
  idle: () => watch(() => sleep(500)),
  arrival: () =>
    watch(() => {
      client = createClient({ url, sdkKey: 'rps_bench', onWarning() {} })
      return client.ready({ timeoutMs: 20_000 })
    }),
  change: ({ revision }) => watch(() => revisionIs(revision)),
  allFlags: () =>
    watch(async () => {
      if (Object.keys(client.allFlags(person)).length < 2) throw new Error('there are no flags')
      await sleep(1)
    }),
  /** Asked in the very turn in which the change is there, before anything was compiled again. */
  allFlagsAtOnce: ({ revision }) =>
    watch(async () => {
      await new Promise((resolve) => {
        const stop = client.onChange((change) => {
          if (change.revision !== revision) return
          stop()
          client.allFlags(person)
          resolve()
        })
      })
    }),
}

process.on('message', async ({ step, ...more }) => process.send(await steps[step](more)))
turn()
process.send('ready')
