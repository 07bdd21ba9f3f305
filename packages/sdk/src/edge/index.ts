// For runtimes that have web APIs and no long life: evaluation by the same law, a snapshot fetched when asked, no timers.
import {
  type CompiledSnapshot,
  compileSnapshot,
  decide,
  type Evaluation,
  evaluate,
  type JsonValue,
  type Outcome,
  type Snapshot,
  type User,
} from '@rampart/evaluation'
import { isAlike, type Widened } from '../alike.ts'
import type { FlagKey, IfKnown, KnownFlags, TypedAnswers } from '../typed-flags.ts'
import { VERSION } from '../version.ts'
import { readLines } from './read-lines.ts'

export type { Evaluation, JsonValue, Snapshot, User } from '@rampart/evaluation'

export interface EdgeClientOptions {
  /** Where the service is. Without it the client serves `snapshot` and asks nobody. */
  url?: string
  /** A server key, `rps_...`. */
  sdkKey?: string
  /** Flags to start with, for example bundled at deployment. */
  snapshot?: Snapshot
  /** Age in milliseconds from which `refresh` asks the service again. Default 30 000. */
  maxAgeMs?: number
  /** Used instead of the global `fetch`. */
  fetch?: typeof fetch
}

export interface EdgeClient {
  /** As in the SDK for servers. Counts an exposure. */
  isEnabled(flag: string, user: User, fallback?: boolean): boolean
  /** Name of the variant this user gets. Counts an exposure. */
  variant(flag: string, user: User): string | undefined
  /** Value of the variant this user gets; `fallback` when the flag is unknown or its values are of another type. */
  value<T extends JsonValue>(flag: string, user: User, fallback: T): Widened<T>
  /** Why this user gets what they get. Counts nothing. */
  explain(flag: string, user: User): Evaluation
  /** The values of all flags for one user. Counts nothing. */
  allFlags(user: User): Record<string, JsonValue>
  /**
   * Fetches the flags when what is held is older than `maxAgeMs`; true when they are new. Never rejects: what is held goes
   * on. Await it in the first request, and hand it to `waitUntil` in the others.
   */
  refresh(): Promise<boolean>
  /** Sends the exposure counts. Never rejects; what could not be sent is kept. For `waitUntil`. */
  flush(): Promise<void>
}

/** The client of somebody whose compiler knows the flags. It is the same client. */
export interface TypedEdgeClient<Flags extends KnownFlags>
  extends Omit<EdgeClient, 'explain' | keyof TypedAnswers<Flags>>,
    TypedAnswers<Flags> {
  /** Why this user gets what they get. Counts nothing. */
  explain(flag: FlagKey<Flags>, user: User): Evaluation
}

export type EdgeClientOf<Flags extends KnownFlags> = IfKnown<Flags, TypedEdgeClient<Flags>, EdgeClient>

const TIMEOUT_MS = 5_000
const MAX_AGE_MS = 30_000

/**
 * `createEdgeClient<Flags>(...)`, with the type that `rampart codegen` wrote, knows the keys and their types.
 * @throws TypeError when there is neither a snapshot nor a service
 */
export function createEdgeClient<Flags extends KnownFlags = KnownFlags>(options: EdgeClientOptions): EdgeClientOf<Flags>
export function createEdgeClient(options: EdgeClientOptions): EdgeClient {
  const { url, sdkKey, snapshot, maxAgeMs = MAX_AGE_MS } = options
  if (!snapshot && !(url && sdkKey)) throw new TypeError('createEdgeClient needs url and sdkKey, or a snapshot')
  const instance = `edge-${crypto.randomUUID()}`
  let compiled: CompiledSnapshot = compileSnapshot(snapshot ?? NOTHING)
  let { epoch, revision } = snapshot ?? NOTHING
  let etag = ''
  let fetchedAt = Number.NEGATIVE_INFINITY
  let counts = new Map<string, { flag: string; variant: string; allocation: number; count: number }>()
  /** Closed, and not acknowledged yet: the same bytes until it is, so that nothing is counted twice. */
  let batch: string | undefined
  let seq = 0

  function request(path: string, init: RequestInit): Promise<Response> {
    const ask = options.fetch ?? fetch
    return ask(url?.replace(/\/+$/, '') + path, {
      ...init,
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: { Authorization: `Bearer ${sdkKey}`, 'Rampart-SDK': `rampart-edge/${VERSION}`, ...init.headers },
    })
  }

  async function download(): Promise<boolean> {
    try {
      const response = await request('/sdk/v1/snapshot', { headers: { 'If-None-Match': etag } })
      fetchedAt = Date.now()
      if (response.status !== 200) return false
      const fresh = readLines(await response.text())
      etag = response.headers.get('ETag') ?? ''
      // A replica that is behind must not take anybody back. Epochs sort as text.
      if (fresh.epoch < epoch || (fresh.epoch === epoch && fresh.revision <= revision)) return false
      ;({ epoch, revision } = fresh)
      compiled = compileSnapshot(fresh)
      return true
    } catch {
      return false
    }
  }

  async function send(): Promise<void> {
    const exposures = [...counts.values()]
    if (!batch && exposures.length > 0) {
      const sdk = { name: 'rampart-edge', version: VERSION }
      batch = JSON.stringify({ instance, seq: ++seq, sdk, spanMs: 0, exposures })
      counts = new Map()
    }
    if (!batch || !url) return
    try {
      const headers = { 'Content-Type': 'application/json' }
      const { ok, status } = await request('/sdk/v1/telemetry', { method: 'POST', headers, body: batch })
      if (ok || status === 400) batch = undefined
    } catch {
      // Kept for the next time.
    }
  }

  /** The answer, counted; undefined for an unknown flag and where the caller's default is the answer. */
  function use(flag: string, user: User, isFitting: (value: JsonValue) => boolean): Outcome | undefined {
    const found = compiled.flag(flag)
    const outcome = found && decide(found, user)
    if (outcome?.value === undefined || !isFitting(outcome.value)) return undefined
    const { variant = '' } = outcome
    const id = `${flag} ${variant}`
    const row = counts.get(id)
    if (row) row.count++
    else counts.set(id, { flag, variant, allocation: found?.allocation ?? 0, count: 1 })
    return outcome
  }

  const downloadOnce = oneAtATime(download)
  return {
    isEnabled: (flag, user, fallback = false) => use(flag, user, () => true)?.enabled ?? fallback,
    variant: (flag, user) => use(flag, user, () => true)?.variant,
    value: <T extends JsonValue>(flag: string, user: User, fallback: T) =>
      (use(flag, user, (value) => isAlike(value, fallback))?.value ?? fallback) as Widened<T>,
    explain: (flag, user) => evaluate(compiled, flag, user, null),
    allFlags(user) {
      const values: Record<string, JsonValue> = Object.create(null)
      for (const key of compiled.keys()) {
        const flag = compiled.flag(key)
        const value = flag && decide(flag, user).value
        if (value !== undefined) values[key] = value
      }
      return values
    },
    async refresh() {
      // The clock is good enough here: edge runtimes stop the monotonic one between requests.
      if (!url || Date.now() - fetchedAt < maxAgeMs) return false
      return downloadOnce()
    },
    flush: oneAtATime(send),
  }
}

/** Who asks while it runs gets the same answer. */
function oneAtATime<T>(run: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined
  return () => {
    running ??= run().finally(() => {
      running = undefined
    })
    return running
  }
}

const NOTHING = { epoch: '', revision: 0 } as Snapshot
