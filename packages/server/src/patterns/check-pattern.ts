// A regular expression runs inside every application, on whatever its users type. One that backtracks can stop a
// process for minutes (`^(a+)+$`), so it is refused here unless it is proved harmless.
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { RE2JS } from 're2js'

const PROOF_MS = 2_000
/** Time for a worker to start and to answer after its own limit. */
const PATIENCE_MS = 5_000
const MAX_LENGTH = 1_000
const MAX_REMEMBERED = 1_000

const remembered = new Map<string, Promise<string | undefined>>()

/**
 * What is wrong with an expression that conditions may hold, in words that say what to do; undefined when nothing is.
 * Refused are those that JavaScript or RE2 cannot read (look-around, back references), and those whose running time is
 * not proved linear; a checker that cannot tell counts as "no".
 */
export function problemOfPattern(source: string, ignoreCase: boolean): Promise<string | undefined> {
  const flags = ignoreCase ? 'iu' : 'u'
  const id = `${flags} ${source}`
  let problem = remembered.get(id)
  if (problem === undefined) {
    if (remembered.size >= MAX_REMEMBERED) remembered.clear()
    problem = findProblem(source, flags)
    remembered.set(id, problem)
    // A worker that could not start says nothing about the expression.
    problem.catch(() => remembered.delete(id))
  }
  return problem
}

async function findProblem(source: string, flags: string): Promise<string | undefined> {
  if (source.length > MAX_LENGTH)
    return `An expression has at most ${MAX_LENGTH} characters; this one has ${source.length}.`
  try {
    RegExp(source, flags)
  } catch (error) {
    return `This is no regular expression: ${messageOf(error)}.`
  }
  try {
    RE2JS.compile(source)
  } catch (error) {
    return `SDKs in other languages cannot run this: ${messageOf(error)}. Look-around, back references and \\u escapes are not available.`
  }
  const status = await proveLinear(source, flags)
  if (status === 'safe') return undefined
  return status === 'vulnerable'
    ? 'This expression can take very long on some texts. Avoid repeated groups that can match in several ways, such as (a+)+ or .*.*.'
    : 'It could not be shown that this expression is always fast. Make it simpler, or use startsWith, endsWith or contains.'
}

async function proveLinear(source: string, flags: string): Promise<string> {
  const worker = new Worker(new URL('./pattern-worker.ts', import.meta.url), {
    workerData: { source, flags, timeoutMs: PROOF_MS },
    env: { RECHECK_BACKEND: 'pure' },
  })
  try {
    const [status] = await once(worker, 'message', { signal: AbortSignal.timeout(PATIENCE_MS) })
    return String(status)
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') return 'unknown'
    throw error
  } finally {
    await worker.terminate()
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error
    ? error.message.replace(/^Invalid regular expression: /, '').replace(/^error parsing regexp: /, '')
    : String(error)
}
