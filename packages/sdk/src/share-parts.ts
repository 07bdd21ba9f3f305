// Flags are alike: nearly all are booleans called on and off, and many ask the same of the same attribute. What is equal is
// held once.
import { type Answers, type CompiledCondition, type Condition, newOutcome, type Outcome } from '@rampart/evaluation'

const MOST_ANSWERS = 50
const MOST_CONDITIONS = 250
/** Longer lists of conditions are rarely equal, and would be compared for nothing. */
const LONGEST_CONDITIONS = 500

const answersMade = new Map<string, Answers>()

/** Answers for all flags that are alike; only of booleans, because the values of others differ. */
export function shareAnswers(answers: Answers): Answers {
  const { type, variants, offSlot } = answers
  if (type !== 'boolean' || variants.length !== 2) return answers
  const id = JSON.stringify([variants, offSlot])
  let shared = answersMade.get(id)
  if (shared === undefined) {
    if (answersMade.size >= MOST_ANSWERS) answersMade.clear()
    shared = { type, variants, offSlot, make: remembering() }
    answersMade.set(id, shared)
  }
  return shared
}

/** Makes each answer once. */
function remembering(): typeof newOutcome {
  const made = new Map<string, Outcome>()
  return (answers, slot, reason, details) => {
    const id = JSON.stringify([slot, reason, details])
    let outcome = made.get(id)
    if (outcome === undefined) {
      outcome = newOutcome(answers, slot, reason, details)
      made.set(id, outcome)
    }
    return outcome
  }
}

// A segment may hold 100 000 keys, which take tens of milliseconds to index. Documents are replaced whole and never
// changed in place, so a list is indexed once however many snapshots carry it on.
const indexed = new WeakMap<readonly string[], ReadonlySet<string>>()

export function indexOnce(keys: readonly string[]): ReadonlySet<string> {
  let index = indexed.get(keys)
  if (index === undefined) {
    index = new Set(keys)
    indexed.set(keys, index)
  }
  return index
}

const conditionsMade = new Map<string, readonly CompiledCondition[]>()

/** Conditions for all rules that ask the same. Not those on segments: a segment changes while its name stays. */
export function shareConditions(
  conditions: readonly Condition[],
  compile: () => readonly CompiledCondition[],
): readonly CompiledCondition[] {
  const id = JSON.stringify(conditions)
  if (id.length > LONGEST_CONDITIONS) return compile()
  const known = conditionsMade.get(id)
  if (known !== undefined) return known
  const compiled = compile()
  if (compiled.some(({ segments }) => segments !== null)) return compiled
  if (conditionsMade.size >= MOST_CONDITIONS) conditionsMade.clear()
  conditionsMade.set(id, compiled)
  return compiled
}
