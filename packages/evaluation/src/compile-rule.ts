// Compiles what a rule serves: a fixed variant, or a rollout with every answer it can give.
import { type Answers, makeOutcome, slotOf } from './answers.ts'
import { seedOf, VARIANT_SALT_SUFFIX } from './bucket.ts'
import type { CompiledCondition } from './condition.ts'
import { importedHashing } from './imported-hashing.ts'
import { listIn, Malformed, missing, textIn, weightIn } from './malformed.ts'
import type { Outcome } from './outcome.ts'
import { type CompiledRollout, constantOutcome } from './rollout.ts'
import { ROLLOUT_HASHINGS, type Rollout, type Serve, WEIGHT_SCALE } from './snapshot.ts'
import { compilePath } from './user.ts'

export interface CompiledRule {
  /** Undefined for the default rule. */
  readonly id: string | undefined
  readonly conditions: readonly CompiledCondition[]
  /** The answer to all who match, or null: then the rollout decides. */
  readonly always: Outcome | null
  readonly rollout: CompiledRollout | null
}

/** Null for a rule that passes everybody on. Without `ruleId` it is the default rule, which never passes on. */
export function compileServe(
  serve: Serve,
  conditions: readonly CompiledCondition[],
  answers: Answers,
  salt: string,
  ruleId: string | undefined,
  reason: Outcome['reason'] = 'TARGETING_MATCH',
): CompiledRule | null {
  const { variant, rollout } = serve
  if ((variant === undefined) === !rollout) throw new Malformed('a rule serves a variant or a rollout')
  if (!rollout) {
    return { id: ruleId, conditions, always: makeOutcome(answers, slotOf(answers, variant), reason), rollout: null }
  }
  const compiled = compileRollout(rollout, answers, salt, ruleId)
  const constant = constantOutcome(compiled)
  if (constant === null) return null
  return { id: ruleId, conditions, always: constant ?? null, rollout: compiled }
}

function compileRollout(
  rollout: Rollout,
  answers: Answers,
  flagSalt: string,
  ruleId: string | undefined,
): CompiledRollout {
  const { bucketBy, hashing, otherwise = 'control' } = rollout
  const salt = textIn(rollout, 'salt', flagSalt)
  const controlSlot = rollout.control === undefined ? answers.offSlot : slotOf(answers, rollout.control)
  if (otherwise !== 'control' && otherwise !== 'next') missing('otherwise', otherwise)
  if (hashing !== undefined && !ROLLOUT_HASHINGS.includes(hashing)) missing('hashing', hashing)
  const inside: Outcome[] = []
  const bounds: number[] = []
  let sum = 0
  for (const part of listIn(rollout, 'split')) {
    const slot = slotOf(answers, part.variant)
    const weight = weightIn(part, 'weight')
    sum += weight
    if (weight === 0) continue
    inside.push(makeOutcome(answers, slot, 'SPLIT', { controlSlot }))
    bounds.push(sum)
  }
  if (sum !== WEIGHT_SCALE) throw new Malformed(`weights of a split must sum to ${WEIGHT_SCALE}, not ${sum}`)
  const isSplit = inside.length > 1
  const path = bucketBy === undefined ? null : compilePath(textIn(rollout, 'bucketBy'))
  const mayPassOn = otherwise === 'next' && ruleId !== undefined
  return {
    bucketBy: path,
    seed: seedOf(hashing === undefined ? salt : `${salt}#sub`),
    variantSeed: isSplit ? seedOf(salt + VARIANT_SALT_SUFFIX) : 0,
    weight: weightIn(rollout, 'weight'),
    imported: hashing === undefined ? null : importedHashing(hashing, salt),
    only: isSplit ? null : (inside[0] as Outcome),
    // Copies of exactly the needed length: an array that was pushed to keeps room for sixteen more.
    inside: isSplit ? [...inside] : NO_PARTS,
    bounds: isSplit ? [...bounds] : NO_PARTS,
    outside: mayPassOn ? null : makeOutcome(answers, controlSlot, 'SPLIT', { controlSlot }),
    unidentified: mayPassOn
      ? null
      : makeOutcome(answers, controlSlot, 'ERROR', {
          controlSlot,
          errorCode: 'TARGETING_KEY_MISSING',
          errorMessage: `the user has no "${bucketBy ?? 'key'}"`,
        }),
  }
}

const NO_PARTS: readonly never[] = []
