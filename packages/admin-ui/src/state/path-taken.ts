// Why somebody gets what they get, step by step, in the order of evaluation. The answer itself comes from the evaluation,
// the same code that applications run; the steps ask it the same questions one at a time.
import {
  compileFlag,
  compileSegment,
  type Condition,
  type Evaluation,
  evaluate,
  type FlagDocument,
  inclusionBucketOf,
  isInSegment,
  keyOf,
  NO_KEY,
  type SegmentDocument,
  type Serve,
  type User,
  unitFor,
  WEIGHT_SCALE,
} from '@rampart/evaluation'
import { snapshotOf, type Surroundings } from './surroundings.ts'

/** Where a user stands towards a rollout. */
export interface Share {
  /** 0 .. 99 999; null for a user without the id that is hashed. */
  bucket: number | null
  /** In when the bucket is below it; out of 100 000. */
  weight: number
  /** What is hashed: the attribute's name, or null for the user's key. */
  by: string | null
}

/** What became of a user at one place of the path. `decided` is where it ended. */
export interface Step {
  kind: 'kill' | 'switch' | 'prerequisite' | 'target' | 'rule' | 'default'
  outcome: 'decided' | 'passed'
  /** Key of the prerequisite, variant of the target, id of the rule; empty for the others. */
  subject: string
  /** Of a prerequisite: the variant it is in, and the ones that are needed. */
  variant?: string | undefined
  needed?: string[]
  /** Of a rule: its conditions, and whether each holds. */
  conditions?: { condition: Condition; holds: boolean }[]
  /** Of a rule that matched, or the default, where a rollout is behind it. */
  share?: Share
}

export interface Path {
  steps: Step[]
  answer: Evaluation
}

/** Never throws; a malformed flag has no steps, and an answer that says what is malformed. */
export function pathTaken(surroundings: Surroundings, user: User): Path {
  const { flag } = surroundings
  const snapshot = snapshotOf(surroundings)
  const answer = evaluate(snapshot, flag.key, user, null)
  if (answer.errorCode === 'PARSE_ERROR' || answer.errorCode === 'INVALID_CONTEXT') return { steps: [], answer }
  const steps: Step[] = []
  for (const step of walk(surroundings, user, snapshot)) {
    steps.push(step)
    if (step.outcome === 'decided') break
  }
  return { steps, answer }
}

/** The flag's steps to their end, whether or not one of them decides before. */
function* walk({ flag, segments }: Surroundings, user: User, snapshot: ReturnType<typeof snapshotOf>): Generator<Step> {
  yield { kind: 'kill', subject: '', outcome: flag.killed ? 'decided' : 'passed' }
  yield { kind: 'switch', subject: '', outcome: flag.on ? 'passed' : 'decided' }
  for (const { flag: key, variants } of flag.prerequisites ?? []) {
    const { variant, errorCode } = evaluate(snapshot, key, user, null)
    const isMet = errorCode === undefined && variant !== undefined && variants.includes(variant)
    yield { kind: 'prerequisite', subject: key, variant, needed: variants, outcome: isMet ? 'passed' : 'decided' }
  }
  const key = keyOf(user)
  const target = key === NO_KEY ? undefined : flag.targets?.find(({ keys }) => keys.includes(key))
  if (flag.targets?.length) {
    yield { kind: 'target', subject: target?.variant ?? '', outcome: target ? 'decided' : 'passed' }
  }
  const holds = conditionTest(segments, user)
  for (const rule of flag.rules) {
    const conditions = rule.conditions.map((condition) => ({ condition, holds: holds(condition) }))
    const isMatch = conditions.every((one) => one.holds)
    const share = isMatch ? shareOf(flag, rule.serve, user) : undefined
    const decided = isMatch && !passesOn(rule.serve, share)
    yield {
      kind: 'rule',
      subject: rule.id,
      conditions,
      outcome: decided ? 'decided' : 'passed',
      ...(share ? { share } : {}),
    }
  }
  const share = shareOf(flag, flag.defaultServe, user)
  yield { kind: 'default', subject: '', outcome: 'decided', ...(share ? { share } : {}) }
}

/** Asks about one condition as a segment of that condition alone, so that the law stays in one place. */
function conditionTest(documents: SegmentDocument[], user: User): (condition: Condition) => boolean {
  const byKey = new Map(documents.map((document) => [document.key, document]))
  type Compiled = ReturnType<typeof compileSegment>
  const compiled = new Map<string, Compiled | undefined>()
  const find = (key: string): Compiled | undefined => {
    const document = byKey.get(key)
    // Circles were refused before anything is walked: their flag is malformed.
    if (document && !compiled.has(key)) compiled.set(key, compileSegment(document, find))
    return compiled.get(key)
  }
  const key = keyOf(user)
  return (condition) => {
    const alone = { key: 'alone', included: [], excluded: [], rules: [[condition]], revision: 0 }
    return isInSegment(compileSegment(alone, find), user, key)
  }
}

/** Undefined where no rollout stands behind what is served. */
function shareOf(flag: FlagDocument, serve: Serve, user: User): Share | undefined {
  if (!serve.rollout) return undefined
  const { otherwise: _, ...rollout } = serve.rollout
  const plain: FlagDocument = { ...flag, prerequisites: [], targets: [], rules: [], defaultServe: { rollout } }
  const compiled = compileFlag(plain, { flag: () => undefined, segment: () => undefined }).rules[0]?.rollout
  if (!compiled) return undefined
  const unit = unitFor(compiled, user, keyOf(user))
  return {
    bucket: unit === NO_KEY ? null : inclusionBucketOf(compiled, unit),
    weight: compiled.weight,
    by: rollout.bucketBy ?? null,
  }
}

/** True when the rule hands those outside its share to the next one, and this user is outside. */
function passesOn({ rollout }: Serve, share: Share | undefined): boolean {
  if (rollout?.otherwise !== 'next' || !share) return false
  if (share.bucket !== null) return share.bucket >= share.weight
  // Without an id nobody can be hashed, and only a rollout that gives everybody the same needs no hash.
  const hasOneVariant = rollout.split.filter(({ weight }) => weight > 0).length === 1
  return !(share.weight === WEIGHT_SCALE && hasOneVariant)
}
