// One process per subject and workload, so that subjects share neither inline caches nor heap. The parent says when:
// check, warm, and one batch at a time; in between this process is stopped and disturbs nobody.
import { readFileSync } from 'node:fs'
import { findAdapter } from './find-adapter.ts'
import { expectedAnswer, makePeople, WORKLOADS } from './workloads.ts'

const { file, name, workload: workloadName, document, serviceUrl } = JSON.parse(process.argv[2])
const workload = WORKLOADS[workloadName]
const adapter = await findAdapter(file, name)
const read = () => readFileSync(document, 'utf8')
const subject = await adapter.open(adapter.isText ? read() : JSON.parse(read()), workload.flag, serviceUrl)
const people = makePeople(workload.hasAttributes)
const users = people.map(subject.userOf)
const call = workload.isAll ? subject.allFlags : subject.isEnabled
let at = 0
let sink = 0

/** Prime, and no divisor of their number: steps of it meet everybody. */
const STRIDE = 7_919
const CHECK_MS = 500
const LEAST_CHECKED = 40

/**
 * Compares the answers with the documents: rules one by one, rollouts by their share. Of everybody, or of as many as a
 * moment allows; the share of fewer people may be farther off.
 */
async function check() {
  const { flags, segments } = workload.snapshot()
  const shares = new Map()
  const end = performance.now() + CHECK_MS
  let wrong = 0
  for (let asked = 0; asked < people.length; asked++) {
    if (asked >= LEAST_CHECKED && performance.now() > end) break
    const i = (asked * STRIDE) % people.length
    const answer = await call(users[i])
    for (const flag of flags) {
      const got = workload.isAll ? (answer[flag.key] ?? (subject.leavesOut ? false : undefined)) : answer
      const expected = expectedAnswer(flag, people[i], segments)
      if (typeof expected === 'boolean') {
        if (got !== expected) wrong++
        continue
      }
      const seen = shares.get(expected) ?? { asked: 0, on: 0 }
      shares.set(expected, seen)
      seen.asked++
      if (got === true) seen.on++
    }
  }
  const isFair = ([share, { asked, on }]) =>
    Math.abs(on / asked - share) < Math.max(0.01, 4 * Math.sqrt((share * (1 - share)) / asked))
  return wrong === 0 && [...shares].every(isFair)
}

function batchOf(count) {
  for (let i = 0; i < count; i++) {
    if (call(users[at])) sink++
    if (++at === users.length) at = 0
  }
}

async function asyncBatchOf(count) {
  for (let i = 0; i < count; i++) {
    if (await call(users[at])) sink++
    if (++at === users.length) at = 0
  }
}

/** Nanoseconds per call: on the wall clock, and of processor time over all threads of this process. */
async function measure(count) {
  const cpuBefore = process.cpuUsage()
  const before = process.hrtime.bigint()
  if (adapter.isAsync) await asyncBatchOf(count)
  else batchOf(count)
  const wall = Number(process.hrtime.bigint() - before)
  const { user, system } = process.cpuUsage(cpuBefore)
  return { wall: wall / count, cpu: ((user + system) * 1_000) / count }
}

/** Runs until the engine has made up its mind, and returns how many calls fill a batch. */
async function warm(warmMs, batchMs) {
  let count = workload.isAll ? 1 : 100
  let { wall } = await measure(count)
  while (wall * count < 2e7) {
    count *= 2
    ;({ wall } = await measure(count))
  }
  const end = performance.now() + warmMs
  while (performance.now() < end) ({ wall } = await measure(count))
  return Math.max(1, Math.round((batchMs * 1e6) / wall))
}

/**
 * Bytes of heap that a call leaves behind; the least of some tries, because others use the heap as well.
 * @param most calls that a try may take
 */
async function litter(most) {
  const calls = Math.max(5, Math.min(most, workload.isAll ? 20 : 5_000))
  let least = Number.POSITIVE_INFINITY
  for (let i = 0; i < 10; i++) {
    globalThis.gc()
    const before = process.memoryUsage().heapUsed
    if (adapter.isAsync) await asyncBatchOf(calls)
    else batchOf(calls)
    const left = process.memoryUsage().heapUsed - before
    // Below 0 there was a collection in between.
    if (left >= 0) least = Math.min(least, left)
  }
  return least / calls
}

const commands = {
  check,
  litter: ({ most }) => litter(most),
  warm: ({ warmMs, batchMs }) => warm(warmMs, batchMs),
  measure: ({ count }) => measure(count),
}
process.on('message', async (message) => {
  try {
    process.send({ answer: await commands[message.command](message) })
  } catch (error) {
    process.send({ problem: String(error?.stack ?? error) })
  }
})
process.on('disconnect', () => process.exit(0))
process.send({ answer: 'ready' })
