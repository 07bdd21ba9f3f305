// Evaluation on the server, for those who cannot hold rules: browsers and OpenFeature clients of any language. The law is
// the SDK's own; what it is applied to is what this replica delivers, so it goes on while the database is away.
import {
  compileSnapshot,
  type CompiledSnapshot,
  type Evaluation,
  evaluate,
  type JsonValue,
  type User,
} from '@rampart/evaluation'
import type { EnvironmentState } from '../delivery/environment-state.ts'

export interface EnvironmentEvaluator {
  readonly epoch: string
  readonly revision: number
  /** Never throws. An answer without `variant` is the caller's default. */
  evaluate(flag: string, user: User): Evaluation
  /** Keys of the flags that may be asked for: all of them, or those that browsers may see. */
  keys(isClient: boolean): Iterable<string>
  isVisible(flag: string, isClient: boolean): boolean
}

const NO_FALLBACK: JsonValue = null

// A state is replaced and never changed, so what is compiled lives exactly as long as it is true. Flags are compiled when
// they are first asked for: a change of one costs nothing for those that nobody asks.
const compiled = new WeakMap<EnvironmentState, CompiledSnapshot>()

export function evaluatorOf(state: EnvironmentState): EnvironmentEvaluator {
  const { epoch, revision } = state
  const isVisible = (flag: string, isClient: boolean) => {
    const document = state.flags.get(flag)
    return document !== undefined && (!isClient || document.clientVisible === true)
  }
  return {
    epoch,
    revision,
    evaluate: (flag, user) => evaluate(compile(state), flag, user, NO_FALLBACK),
    *keys(isClient) {
      for (const key of state.flags.keys()) if (isVisible(key, isClient)) yield key
    },
    isVisible,
  }
}

function compile(state: EnvironmentState): CompiledSnapshot {
  const known = compiled.get(state)
  if (known) return known
  const { epoch, revision, project, environment } = state
  const flags = [...state.flags.values()]
  const segments = [...state.segments.values()]
  const fresh = compileSnapshot({ epoch, revision, project, environment, flags, segments })
  compiled.set(state, fresh)
  return fresh
}
