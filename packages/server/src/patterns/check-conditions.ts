import type { AttributeCondition, Condition } from '@rampart/evaluation'
import { type InputProblem, invalidInput } from '../http/errors.ts'
import { problemOfPattern } from './check-pattern.ts'

/** Throws INVALID_INPUT for regular expressions that must not reach SDKs. `path` says where a list of conditions stands. */
export async function checkPatterns(lists: { path: string; conditions: readonly Condition[] }[]): Promise<void> {
  const found = lists.flatMap(({ path, conditions }) =>
    conditions.flatMap((condition, index) =>
      condition.op === 'matches' ? patternsOf(condition, `${path}[${index}]`) : [],
    ),
  )
  const problems: InputProblem[] = []
  for (const { path, source, ignoreCase } of found) {
    const message = await problemOfPattern(source, ignoreCase)
    if (message !== undefined) problems.push({ path, message })
  }
  if (problems.length > 0) throw invalidInput(problems)
}

function patternsOf(condition: AttributeCondition, path: string) {
  const { values, ignoreCase = false } = condition
  return values.flatMap((source, index) =>
    // Anything else than text is the affair of the dry run.
    typeof source === 'string' ? [{ path: `${path}.values[${index}]`, source, ignoreCase }] : [],
  )
}
