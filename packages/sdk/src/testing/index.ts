// For the unit tests of applications: the client's own face, flags that the test declares, no network.
import { compileSnapshot, decide, type FlagDocument, type JsonValue, type User } from '@rampart/evaluation'
import { isAlike, type Widened } from '../alike.ts'
import type { Client, TypedClient } from '../client.ts'
import { createDark } from '../dark.ts'
import type { FlagChange, Status } from '../environment-link.ts'
import { explainFlag } from '../explanation.ts'
import type { FlagKey, IfKnown, KnownFlags } from '../typed-flags.ts'
import { callSafely } from '../warnings.ts'
import { type DeclaredFlags, documentOf } from '../declared-flags.ts'

export type { DeclaredFlags } from '../declared-flags.ts'

export interface TestClient extends Client {
  /** Declares a flag, anew or another way, and tells listeners. */
  set(flag: string, value: JsonValue | FlagDocument): void
  /** Back to what was declared at first; forgets what was counted. */
  reset(): void
  /** What was asked and answered, in order. */
  readonly exposures: readonly { flag: string; user: User; variant: string | undefined }[]
  /** What was tracked, in order. */
  readonly tracked: readonly { metric: string; user: User; value: number | undefined }[]
}

/** What a test may declare of flags that the compiler knows. */
export type DeclaredKnownFlags<Flags extends KnownFlags> = {
  readonly [Key in FlagKey<Flags>]?: Widened<Flags[Key]['value']> | FlagDocument
}

/** The client for tests of code whose compiler knows the flags. */
export interface TypedTestClient<Flags extends KnownFlags>
  extends TypedClient<Flags>,
    Pick<TestClient, 'reset' | 'exposures' | 'tracked'> {
  /** Declares a flag, anew or another way, and tells listeners. */
  set<Key extends FlagKey<Flags>>(flag: Key, value: Widened<Flags[Key]['value']> | FlagDocument): void
}

/**
 * A client that answers what the test declares: `createTestClient({ 'new-checkout': true, 'page-size': 50 })`. A flag that was not
 * declared is unknown, as it would be in production, so the caller's default holds.
 */
export function createTestClient<Flags extends KnownFlags = KnownFlags>(
  declared?: IfKnown<Flags, DeclaredKnownFlags<Flags>, DeclaredFlags>,
): IfKnown<Flags, TypedTestClient<Flags>, TestClient>
export function createTestClient(declared: DeclaredFlags = {}): TestClient {
  const exposures: { flag: string; user: User; variant: string | undefined }[] = []
  const tracked: { metric: string; user: User; value: number | undefined }[] = []
  const listeners = new Set<(change: FlagChange) => void>()
  let documents = new Map<string, FlagDocument>()
  let revision = 0
  let compiled = compile()

  function compile() {
    const flags = [...documents.values()]
    return compileSnapshot({ epoch: 'test', revision, project: 'test', environment: 'test', flags, segments: [] })
  }

  function declare(flags: DeclaredFlags): void {
    revision += 1
    for (const [key, value] of Object.entries(flags)) documents.set(key, documentOf(key, value, revision))
    compiled = compile()
  }

  function preview(flag: string, user: User) {
    const found = compiled.flag(flag)
    return found && decide(found, user)
  }

  function use(flag: string, user: User) {
    const outcome = preview(flag, user)
    if (outcome) exposures.push({ flag, user, variant: outcome.variant })
    return outcome
  }

  function variant(flag: string, user: User): string | undefined
  function variant(flag: string, user: User, fallback: string): string
  function variant(flag: string, user: User, fallback?: string): string | undefined {
    return use(flag, user)?.variant ?? fallback
  }

  function tell(flags: string[]): void {
    for (const listener of listeners) {
      callSafely(() => listener({ flags, segments: [], revision, source: 'bootstrap' }), rethrow)
    }
  }

  const status = (): Status => ({
    state: 'streaming',
    source: 'bootstrap',
    project: 'test',
    environment: 'test',
    epoch: 'test',
    revision,
    flags: documents.size,
    ageMs: 0,
    problem: undefined,
    overrides: [],
  })
  const isEnabled: Client['isEnabled'] = (flag, user, fallback = false) => use(flag, user)?.enabled ?? fallback
  const track: Client['track'] = (metric, user, value) => void tracked.push({ metric, user, value })

  declare(declared)
  return {
    exposures,
    tracked,
    set(flag, value) {
      declare({ [flag]: value })
      tell([flag])
    },
    reset() {
      const flags = new Set([...documents.keys(), ...Object.keys(declared)])
      documents = new Map()
      declare(declared)
      exposures.length = 0
      tracked.length = 0
      tell([...flags])
    },
    isEnabled,
    variant,
    value<T extends JsonValue>(flag: string, user: User, fallback: T): Widened<T> {
      const value = preview(flag, user)?.value
      if (value === undefined || !isAlike(value, fallback)) return fallback as Widened<T>
      use(flag, user)
      return value as Widened<T>
    },
    explain: (flag, user) => explainFlag({ flags: { compiled }, sourceOf: () => 'bootstrap' }, flag, user),
    allFlags(user) {
      const values: Record<string, JsonValue> = Object.create(null)
      for (const key of documents.keys()) {
        const value = preview(key, user)?.value
        if (value !== undefined) values[key] = value
      }
      return values
    },
    track,
    dark: createDark({ isEnabled, track }),
    ready: async () => status(),
    status,
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    onStatus: () => () => undefined,
    // A test sets what it wants to see.
    withLink: async () => undefined,
    flush: async () => undefined,
    close: async () => undefined,
  }
}

/** In a test a listener that throws is a finding. */
function rethrow(error: unknown): void {
  throw error
}
