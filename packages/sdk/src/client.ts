// What applications hold. Its answers come from memory: no call here waits, asks the network or throws.
import { decide, type JsonValue, type Outcome, type User } from '@rampart/evaluation'
import { isAlike, type Widened } from './alike.ts'
import { createDark, type DarkRun } from './dark.ts'
import type { EnvironmentLink, FlagChange, Status } from './environment-link.ts'
import { explainFlag, type Explanation } from './explanation.ts'
import { type LinkedClient, linkedClient } from './qa-link.ts'
import { type ClientOptions, readOptions } from './options.ts'
import type { ServedFlag } from './served-flags.ts'
import { shareLink } from './share-link.ts'
import type { FlagKey, IfKnown, KnownFlags, TypedAnswers } from './typed-flags.ts'
import { within } from './within.ts'

export interface Client {
  /**
   * For a boolean flag its value; for others whether the user gets something else than the off variant or the control.
   * Counts an exposure. `fallback` is the answer while the flag is unknown.
   */
  isEnabled(flag: string, user: User, fallback?: boolean): boolean
  /** Name of the variant this user gets. Counts an exposure. */
  variant(flag: string, user: User): string | undefined
  variant(flag: string, user: User, fallback: string): string
  /** Value of the variant this user gets; `fallback` when the flag is unknown or its values are of another type. */
  value<T extends JsonValue>(flag: string, user: User, fallback: T): Widened<T>
  /** Why this user gets what they get. Counts nothing. */
  explain(flag: string, user: User): Explanation
  /** The values of all flags for one user, by flag key. Counts nothing. */
  allFlags(user: User): Record<string, JsonValue>
  /**
   * Counts something that happened to a user: an error, a purchase, how long an answer took. While a ramp runs, it is
   * also counted for the user's arm of it. Never throws; `value` is 1 unless given. Use few names: 32 are counted.
   */
  track(metric: string, user: User, value?: number): void
  /**
   * Serves what `live` returns, and for the users that have the flag runs `dark` beside it: later, with a time limit, its
   * answers compared and thrown away, its failures swallowed. Reports as metrics `<flag>.difference`, `.dark-error`,
   * `.live-error` (0 or 1 each) and `.dark-ms`, `.live-ms`. Throws what `live` throws and nothing else.
   */
  dark<Live, Tried>(flag: string, user: User, run: DarkRun<Live, Tried>): Live
  /**
   * Resolves when the service has answered and all flags are compiled, when it has refused the key, or when `timeoutMs`
   * (default 5 000) is over. Optional, and never rejects: `status().source` tells what is served.
   */
  ready(options?: { timeoutMs?: number }): Promise<Status>
  status(): Status
  /** Calls `listener` after flags have changed. Returns a function that ends it. */
  onChange(listener: (change: FlagChange) => void): () => void
  /** Calls `listener` when the connection or the source of the flags becomes another. Returns a function that ends it. */
  onStatus(listener: (status: Status) => void): () => void
  /**
   * This client for whoever holds a QA link: the flag it names serves the variant it names, and nothing is counted.
   * Undefined when the token is forged, expired or of another environment. Never rejects; the service is not asked.
   */
  withLink(token: string): Promise<LinkedClient | undefined>
  /** Sends the exposure counts now. Settles within 5 seconds, sent or not. */
  flush(): Promise<void>
  /** Sends the last counts and disconnects, within 2 seconds. The client goes on answering from memory. */
  close(): Promise<void>
}

/** The client of somebody whose compiler knows the flags. It is the same client. */
export interface TypedClient<Flags extends KnownFlags>
  extends Omit<Client, 'explain' | 'dark' | keyof TypedAnswers<Flags>>,
    TypedAnswers<Flags> {
  /** Why this user gets what they get. Counts nothing. */
  explain(flag: FlagKey<Flags>, user: User): Explanation
  /** Serves `live`, and tries `dark` beside it for the users that have the flag. Throws what `live` throws and nothing else. */
  dark<Live, Tried>(flag: FlagKey<Flags>, user: User, run: DarkRun<Live, Tried>): Live
}

/** What `createClient<Flags>()` makes, and what `createClient()` makes. */
export type ClientOf<Flags extends KnownFlags> = IfKnown<Flags, TypedClient<Flags>, Client>

const READY_TIMEOUT_MS = 5_000
const FLUSH_TIMEOUT_MS = 5_000
const CLOSE_TIMEOUT_MS = 2_000

/**
 * Connects to the service and returns at once; flags arrive by themselves. Create one client for the whole process.
 * `createClient<Flags>(...)`, with the type that `rampart codegen` wrote, knows the keys and their types.
 * @throws TypeError for a wrong option, and only here
 */
export function createClient<Flags extends KnownFlags = KnownFlags>(options: ClientOptions): ClientOf<Flags>
export function createClient(options: ClientOptions): Client {
  return clientOf(shareLink(readOptions(options)))
}

function clientOf(link: EnvironmentLink): Client {
  const { flags } = link
  const { served } = flags
  const stops = new Set<() => void>()
  let closed: Promise<void> | undefined

  function endWithClient(end: () => void): () => void {
    const stop = () => {
      stops.delete(stop)
      end()
    }
    stops.add(stop)
    return stop
  }

  function find(flag: string, user: User): ServedFlag | undefined {
    return served.get(flag) ?? flags.admit(flag, user)
  }

  function variant(flag: string, user: User): string | undefined
  function variant(flag: string, user: User, fallback: string): string
  function variant(flag: string, user: User, fallback?: string): string | undefined {
    const entry = find(flag, user)
    return entry === undefined ? fallback : (expose(entry, user).variant ?? fallback)
  }

  function isEnabled(flag: string, user: User, fallback = false): boolean {
    const entry = find(flag, user)
    return entry === undefined ? fallback : (expose(entry, user).enabled ?? fallback)
  }

  const track: Client['track'] = (metric, user, value) => link.metrics.track(metric, user, value)

  const explain: Client['explain'] = (flag, user) => explainFlag(link, flag, user)

  return {
    isEnabled,
    variant,
    value<T extends JsonValue>(flag: string, user: User, fallback: T): Widened<T> {
      const entry = find(flag, user)
      if (entry === undefined) return fallback as Widened<T>
      const outcome = decide(entry.flag, user)
      if (outcome.value === undefined || !isAlike(outcome.value, fallback)) return fallback as Widened<T>
      count(entry, user, outcome)
      return outcome.value as Widened<T>
    },
    explain,
    allFlags(user) {
      const values: Record<string, JsonValue> = Object.create(null)
      for (const [key, { flag }] of flags.all()) {
        const { value } = decide(flag, user)
        if (value !== undefined) values[key] = value
      }
      return values
    },
    track,
    dark: createDark({ isEnabled, track }),
    async ready({ timeoutMs = READY_TIMEOUT_MS } = {}) {
      await within(
        timeoutMs,
        link.answered.then(() => flags.settled()),
      )
      return link.status()
    },
    status: link.status,
    onChange: (listener) => endWithClient(link.onChange(listener)),
    onStatus: (listener) => endWithClient(link.onStatus(listener)),
    async withLink(token) {
      const found = await link.readLink(token)
      return found && linkedClient({ explain, status: link.status }, found, (key) => flags.heldDocument(key))
    },
    flush: () => link.flush(FLUSH_TIMEOUT_MS),
    close() {
      // The link may live on for other clients; what this one has hung on it must not.
      for (const stop of stops) stop()
      closed ??= link.release(CLOSE_TIMEOUT_MS)
      return closed
    },
  }
}

function expose(entry: ServedFlag, user: User): Outcome {
  const outcome = decide(entry.flag, user)
  count(entry, user, outcome)
  return outcome
}

function count(entry: ServedFlag, user: User, outcome: Outcome): void {
  const { counts, flag, ramp } = entry
  counts[outcome.slot] = (counts[outcome.slot] as number) + 1
  if (ramp !== null) ramp.expose(flag, user)
}
