// Sends distinct users through the shop's checkout as real HTTP requests, round after round, and says who saw what.
// Between two rounds it compares user by user: raising a share must lose nobody, lowering it must win nobody.
//
//   node examples/shop/src/driver.ts [--url http://127.0.0.1:4500] [--users 100000] [--rate 500] [--rounds 0]
//
// --rate is requests a second, 0 for as fast as it goes; --rounds 0 goes on until it is stopped.
import { Agent, request } from 'node:http'
import { setImmediate, setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'

const { values: options } = parseArgs({
  options: {
    url: { type: 'string', default: 'http://127.0.0.1:4500' },
    users: { type: 'string', default: '100000' },
    rate: { type: 'string', default: '500' },
    rounds: { type: 'string', default: '0' },
  },
})
const users = Number(options.users)
const rate = Number(options.rate)
const rounds = Number(options.rounds) || Number.POSITIVE_INFINITY
const checkout = new URL('/checkout', options.url)

const CONCURRENCY = 64
const REPORT_EVERY_MS = 5_000
const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY })

const UNSEEN = 0
const OLD = 1
const NEW = 2
/** What each user saw last. */
const seen = new Uint8Array(users)

interface Tally {
  requests: number
  onNew: number
  gained: number
  lost: number
  failed: number
}
const emptyTally = (): Tally => ({ requests: 0, onNew: 0, gained: 0, lost: 0, failed: 0 })

function visit(user: number): Promise<typeof OLD | typeof NEW> {
  return new Promise((resolve, reject) => {
    const visitor = request(checkout, { agent, headers: { cookie: `shop_user=user-${user}` } }, (response) => {
      response.resume()
      response.once('end', () => {
        if (response.statusCode === 200) resolve(response.headers['x-checkout'] === 'new' ? NEW : OLD)
        else reject(new Error(`status ${response.statusCode}`))
      })
    })
    visitor.once('error', reject)
    visitor.end()
  })
}

function note(user: number, answer: typeof OLD | typeof NEW, tallies: Tally[]): void {
  const before = seen[user] ?? UNSEEN
  seen[user] = answer
  for (const tally of tallies) {
    tally.requests += 1
    if (answer === NEW) tally.onNew += 1
    if (before === OLD && answer === NEW) tally.gained += 1
    if (before === NEW && answer === OLD) tally.lost += 1
  }
}

const share = (tally: Tally) => `${((100 * tally.onNew) / Math.max(1, tally.requests)).toFixed(2)} %`
const grouped = (n: number) => n.toLocaleString('en').replaceAll(',', ' ')

async function round(number: number): Promise<void> {
  const whole = emptyTally()
  let recent = emptyTally()
  const report = setInterval(() => {
    const failures = recent.failed > 0 ? `, ${recent.failed} failed` : ''
    console.log(
      `  ${grouped(recent.requests)} requests in 5 s: ${share(recent)} saw the new checkout, ${grouped(recent.gained)} gained it, ${grouped(recent.lost)} lost it${failures}`,
    )
    recent = emptyTally()
  }, REPORT_EVERY_MS)

  const startedAt = performance.now()
  let next = 0
  const walk = async () => {
    while (next < users) {
      const user = next++
      const tallies = [whole, recent]
      await visit(user).then(
        (answer) => note(user, answer, tallies),
        () => {
          for (const tally of tallies) tally.failed += 1
        },
      )
      if (rate > 0) {
        const aheadMs = (1000 * next) / rate - (performance.now() - startedAt)
        if (aheadMs > 1) await setTimeout(aheadMs)
      } else await setImmediate()
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, walk))
  clearInterval(report)
  const seconds = (performance.now() - startedAt) / 1000
  console.log(
    `Round ${number}: ${grouped(whole.requests)} users in ${seconds.toFixed(1)} s, ${grouped(whole.onNew)} (${share(whole)}) saw the new checkout, ${grouped(whole.gained)} gained it, ${grouped(whole.lost)} lost it, ${whole.failed} failed`,
  )
}

for (let number = 1; number <= rounds; number++) await round(number)
agent.destroy()
