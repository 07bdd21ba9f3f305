import { exposedShare, type Serve, WEIGHT_SCALE } from '@rampart/evaluation'
import type { Editable } from './configuration.schemas.ts'

const DAY_MS = 24 * 60 * 60 * 1000

/** Days in which a flag must rest before it counts as decided. */
const SETTLED_DAYS = 14
/** Days without a single evaluation after which its code is taken for gone. */
const SILENT_DAYS = 30

export type StaleReason = 'unused' | 'decided' | 'abandoned' | 'overdue'

/** What is known about a flag when somebody asks whether it is still needed. */
export interface FlagLife {
  key: string
  kind: 'release' | 'ops' | 'experiment' | 'permission'
  /** Days it was expected to live; null for as long as it is useful. */
  expectedDays: number | null
  createdAt: Date
  /** The last minute in which any SDK evaluated it anywhere; null for never. */
  lastEvaluatedAt: Date | null
  /** Its configurations where production is, or everywhere when there is no production. */
  served: (Pick<Editable, 'on' | 'offVariant' | 'targets' | 'rules' | 'defaultServe'> & {
    killed: boolean
    /** When the configuration, or whether it is killed, last changed. */
    changedAt: Date
  })[]
}

export interface Staleness {
  reason: StaleReason
  since: Date
  /** What is so, and what to delete. */
  sentence: string
}

/**
 * Whether a flag has become a dead branch, and what to delete then. Switches that operators keep (ops, permission) are
 * stale only when nobody asks for them any more. Pure; undefined for a flag that is alive.
 */
export function judgeStaleness(flag: FlagLife, now: Date): Staleness | undefined {
  const silentSince = flag.lastEvaluatedAt ?? flag.createdAt
  if (daysBetween(silentSince, now) >= SILENT_DAYS) {
    const days = daysBetween(silentSince, now)
    const seen = flag.lastEvaluatedAt
      ? `No application has asked for it for ${days} days`
      : `No application has ever asked for it in ${days} days`
    return { reason: 'unused', since: silentSince, sentence: `${seen}: its code is gone, or never came. Archive it.` }
  }
  if (flag.kind === 'ops' || flag.kind === 'permission') return undefined
  return settled(flag, now) ?? overdue(flag, now)
}

function settled({ served }: FlagLife, now: Date): Staleness | undefined {
  const since = new Date(Math.max(...served.map(({ changedAt }) => changedAt.getTime())))
  if (served.length === 0 || daysBetween(since, now) < SETTLED_DAYS) return undefined
  const answers = new Set(served.map(onlyAnswer))
  const [variant] = answers
  if (answers.size !== 1 || variant === undefined) return undefined
  const days = daysBetween(since, now)
  if (served.every((configuration) => configuration.killed || exposedShare(configuration) === 0)) {
    const sentence = `Nobody has gotten anything but ${variant} for ${days} days: delete the new path and the check from the code, then archive it.`
    return { reason: 'abandoned', since, sentence }
  }
  const sentence = `Everybody has gotten ${variant} for ${days} days: delete the old path and the check from the code, then archive it.`
  return { reason: 'decided', since, sentence }
}

function overdue({ expectedDays, createdAt }: FlagLife, now: Date): Staleness | undefined {
  const age = daysBetween(createdAt, now)
  if (expectedDays === null || age <= expectedDays) return undefined
  const since = new Date(createdAt.getTime() + expectedDays * DAY_MS)
  const sentence = `It was expected to live ${expectedDays} days and is ${age} days old: finish its ramp, or say how long it is needed.`
  return { reason: 'overdue', since, sentence }
}

/** The variant that everybody gets, whoever they are; undefined when that depends on the person. */
function onlyAnswer(configuration: FlagLife['served'][number]): string | undefined {
  const { on, killed, offVariant, targets, rules, defaultServe } = configuration
  if (killed || !on) return offVariant
  const answers = new Set([
    ...targets.filter(({ keys }) => keys.length > 0).map(({ variant }) => variant),
    ...rules.map(({ serve }) => answerOf(serve, offVariant)),
    answerOf(defaultServe, offVariant),
  ])
  const [variant] = answers
  return answers.size === 1 ? variant : undefined
}

function answerOf({ variant, rollout }: Serve, offVariant: string): string | undefined {
  if (rollout === undefined) return variant
  if (rollout.weight === 0) return rollout.control ?? offVariant
  const [first] = rollout.split
  return rollout.weight === WEIGHT_SCALE && first?.weight === WEIGHT_SCALE ? first.variant : undefined
}

function daysBetween(from: Date, to: Date): number {
  return Math.floor((to.getTime() - from.getTime()) / DAY_MS)
}
