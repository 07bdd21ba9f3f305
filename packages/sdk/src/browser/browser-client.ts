// The client for pages. It holds what the service has evaluated for the visitor of the moment, answers from memory, and
// lets streams and requests replace it.
import type { Attributes, JsonValue } from '@rampart/evaluation'
import { isAlike, type Widened } from '../alike.ts'
import type { FlagKey, IfKnown, KnownFlags, KnownValues, TypedAnswersForOne } from '../typed-flags.ts'
import { callSafely } from '../warnings.ts'
import { within } from '../within.ts'
import { type BrowserClientOptions, checkOptions } from './browser-options.ts'
import {
  type Answer,
  type EvaluatedFlag,
  type EvaluatedFlags,
  isBefore,
  isFlags,
  type Position,
} from './evaluated-flags.ts'
import { createKeptValues } from './kept-values.ts'
import { createLiveValues, type KillNews, type LiveState } from './live-values.ts'
import { createUses } from './uses.ts'
import { deviceIdIn, visitorOf } from './visitor.ts'

export interface BrowserStatus {
  state: LiveState
  /** Where the values in force came from. */
  source: 'service' | 'storage' | 'bootstrap' | 'default'
  revision: number
  /** Why the service cannot be had as it should, for people. */
  problem: string | undefined
}

/** Flags whose answer is another than before. */
export interface ValuesChange {
  flags: readonly string[]
}

export interface BrowserExplanation extends Partial<EvaluatedFlag> {
  flag: string
  source: BrowserStatus['source']
  revision: number
}

export interface BrowserClient {
  /**
   * For a boolean flag its value; for others whether the visitor gets something else than the off variant or the control.
   * Counts a use. `fallback` is the answer while the flag is unknown.
   */
  isEnabled(flag: string, fallback?: boolean): boolean
  /** Name of the variant. Counts a use. */
  variant(flag: string): string | undefined
  variant(flag: string, fallback: string): string
  /** Value of the variant; `fallback` when the flag is unknown or its values are of another type. Counts a use. */
  value<T extends JsonValue>(flag: string, fallback: T): Widened<T>
  /** Values by flag key. Counts nothing. */
  allFlags(): Record<string, JsonValue>
  /** What is known about a flag. Counts nothing. */
  explain(flag: string): BrowserExplanation
  /**
   * Says who is looking now. Resolves when the values are theirs, or 5 seconds are over; never rejects. Until then somebody
   * who just said who they are keeps what they see, and another person gets what is kept for them, or the fallbacks.
   */
  identify(context: Attributes): Promise<void>
  /** Resolves when the service has answered or `timeoutMs` (default 5 000) is over. Never rejects. */
  ready(options?: { timeoutMs?: number }): Promise<BrowserStatus>
  status(): BrowserStatus
  /** Calls `listener` when answers change. Returns a function that ends it. */
  onChange(listener: (change: ValuesChange) => void): () => void
  /** Counts something that happened to the visitor: an error, a purchase, how long it took. `value` is 1 unless given. */
  track(metric: string, value?: number): void
  /** Reports what was used and tracked, now. */
  flush(): Promise<void>
  /** Reports the last uses and disconnects. The client goes on answering from memory. */
  close(): Promise<void>
}

/** The client of a page whose compiler knows the flags that pages may see. It is the same client. */
export interface TypedBrowserClient<Flags extends KnownFlags>
  extends Omit<BrowserClient, 'allFlags' | 'explain' | keyof TypedAnswersForOne<Flags>>,
    TypedAnswersForOne<Flags> {
  /** Values by flag key. Counts nothing. */
  allFlags(): KnownValues<Flags>
  /** What is known about a flag. Counts nothing. */
  explain(flag: FlagKey<Flags>): BrowserExplanation
}

export type BrowserClientOf<Flags extends KnownFlags> = IfKnown<Flags, TypedBrowserClient<Flags>, BrowserClient>

const PATIENCE_MS = 5_000
const FLUSH_MS = 10_000
/** A page that nobody looks at for so long lets go of its stream. */
const HIDDEN_MS = 120_000

/** Before everything that the service has said. */
const NOWHERE: Position = { epoch: '', revision: 0 }

/**
 * Asks for the visitor's values and returns at once; they arrive by themselves, and change when flags do.
 * `createBrowserClient<PageFlags>(...)`, with the type that `rampart codegen` wrote, knows the keys and their types.
 * @throws TypeError for a wrong option, and only here
 */
export function createBrowserClient<Flags extends KnownFlags = KnownFlags>(
  options: BrowserClientOptions,
): BrowserClientOf<Flags>
export function createBrowserClient(options: BrowserClientOptions): BrowserClient {
  checkOptions(options)
  const { clientKey, context = {}, bootstrap } = options
  // Called through, because a page's own `fetch` refuses to be a method of anything else.
  const send: typeof fetch = (...request) => (options.fetch ?? fetch)(...request)
  const service = { url: options.url.replace(/\/+$/, ''), clientKey, fetch: send }
  const storage = () => (options.storage === undefined ? localStorage : options.storage)
  const kept = createKeptValues(storage, clientKey)
  const deviceId = deviceIdIn(storage)
  const listeners = new Set<(change: ValuesChange) => void>()
  const uses = createUses(service)
  /** Kills that the service may not have counted yet when it answers. */
  const kills = new Map<string, KillNews>()
  const closed = new AbortController()

  let visitor = visitorOf(context, deviceId)
  let flags: EvaluatedFlags = {}
  let source: BrowserStatus['source'] = 'default'
  let position: Position | undefined
  let problem: string | undefined
  let hiddenTimer: ReturnType<typeof setTimeout> | undefined

  const live = createLiveValues({
    service,
    visitor: () => visitor,
    position: () => position,
    onAnswer(answer) {
      problem = undefined
      // A replica that is behind must not take a page back.
      if (!position || !isBefore(answer, position)) serve(answer, 'service')
    },
    onKill(kill) {
      kills.set(kill.flag, kill)
      serve({ ...(position ?? NOWHERE), flags }, source)
    },
    onProblem(sentence) {
      if (problem !== sentence) warn(sentence)
      problem = sentence
    },
  })

  function warn(message: unknown): void {
    callSafely(
      () => (options.onWarning ?? console.warn)(`[rampart] ${message}`),
      () => undefined,
    )
  }

  function serve(answer: Answer, from: BrowserStatus['source']): void {
    const { epoch, revision } = answer
    const before = flags
    // Without a prototype no flag is called `constructor`.
    flags = { __proto__: null, ...answer.flags } as unknown as EvaluatedFlags
    source = from
    for (const [key, kill] of kills) {
      const { variant, value } = kill
      const allocation = flags[key]?.allocation ?? 0
      // A kill holds until an answer of its revision or a later one has come.
      if (isBefore(answer, kill)) flags[key] = { value, variant, reason: 'DISABLED', enabled: false, allocation }
      else kills.delete(key)
    }
    if (from === 'service') {
      position = { epoch, revision }
      kept.keep(visitor.print, { epoch, revision, flags })
    }
    const changed = Object.keys({ ...before, ...flags }).filter(
      (key) => JSON.stringify(before[key]) !== JSON.stringify(flags[key]),
    )
    if (changed.length === 0) return
    for (const listener of listeners) callSafely(() => listener({ flags: changed }), warn)
  }

  /** What is known of this visitor before the service has answered. */
  function remember(): void {
    const before = kept.find(visitor.print)
    serve(before ?? { ...NOWHERE, flags: {} }, before ? 'storage' : 'default')
  }

  function connect(): Promise<void> {
    live.follow()
    return live.ask()
  }

  /** The page was hidden or shown, or the network came back. */
  function onNews(): void {
    clearTimeout(hiddenTimer)
    if (globalThis.document?.hidden) {
      // Perhaps the last moment of this page.
      void uses.flush()
      hiddenTimer = setTimeout(() => live.stop('paused'), HIDDEN_MS)
    } else if (live.state() === 'paused' || live.state() === 'waiting') void connect()
  }

  function use(flag: string): EvaluatedFlag | undefined {
    const answer = flags[flag]
    if (answer) uses.count(flag, answer)
    return answer
  }

  function variant(flag: string): string | undefined
  function variant(flag: string, fallback: string): string
  function variant(flag: string, fallback?: string): string | undefined {
    return use(flag)?.variant ?? fallback
  }

  const status = (): BrowserStatus => ({ state: live.state(), source, revision: position?.revision ?? 0, problem })

  if (isFlags(bootstrap)) serve({ ...NOWHERE, flags: bootstrap }, 'bootstrap')
  else remember()
  const answered = connect()
  // From 8 to 12 s: pages that were opened by the same event must not report in the same moment.
  const flushTimer = setInterval(uses.flush, FLUSH_MS * (0.8 + 0.4 * Math.random()))
  // Servers that render pages have no such events.
  for (const event of ['visibilitychange', 'online']) globalThis.addEventListener?.(event, onNews, closed)

  return {
    isEnabled(flag, fallback = false) {
      const answer = use(flag)
      return answer ? (answer.enabled ?? answer.value === true) : fallback
    },
    variant,
    value<T extends JsonValue>(flag: string, fallback: T): Widened<T> {
      const answer = flags[flag]
      if (!answer || !isAlike(answer.value, fallback)) return fallback as Widened<T>
      uses.count(flag, answer)
      return answer.value as Widened<T>
    },
    allFlags() {
      const values: Record<string, JsonValue> = {}
      for (const key in flags) values[key] = (flags[key] as EvaluatedFlag).value
      return values
    },
    explain: (flag) => ({ ...flags[flag], flag, source, revision: position?.revision ?? 0 }),
    async identify(next) {
      const before = visitor.key
      visitor = visitorOf(next, deviceId)
      // Answers stand for somebody who just said who they are, until theirs come. For another person they do not.
      if (before !== undefined && before !== visitor.key) {
        position = undefined
        remember()
      }
      await within(PATIENCE_MS, live.ask())
    },
    async ready({ timeoutMs = PATIENCE_MS } = {}) {
      await within(timeoutMs, answered)
      return status()
    },
    status,
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    track: uses.track,
    flush: uses.flush,
    close() {
      closed.abort()
      live.stop('closed')
      listeners.clear()
      clearTimeout(hiddenTimer)
      clearInterval(flushTimer)
      return within(2_000, uses.flush())
    },
  }
}
