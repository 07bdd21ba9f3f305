import type { Hook } from '@hono/zod-openapi'
import type { z } from 'zod'
import type { AppEnv } from './app-env.ts'
import { type InputProblem, invalidInput } from './errors.ts'

/** Default hook of every route: what a schema refuses becomes INVALID_INPUT with all its problems. */
export const refuseInvalidInput: Hook<unknown, AppEnv, string, unknown> = (result) => {
  if (!result.success) throw invalidInput(problemsOf(result.error as z.ZodError))
}

/** Every complaint of a schema. */
export function problemsOf(error: z.ZodError): InputProblem[] {
  return error.issues.flatMap(toProblems)
}

/** A schema's complaint in words that say where it is and what to do. */
function toProblems(issue: z.core.$ZodIssue): InputProblem[] {
  const path = writePath(issue.path)
  if (issue.code === 'unrecognized_keys') {
    const message = `This field is not known. ${issue.message}`
    return issue.keys.map((key) => ({ path: path ? `${path}.${key}` : key, message }))
  }
  return [{ path, message: issue.message }]
}

/** `['rules', 0, 'serve']` as people write it: `rules[0].serve`. */
export function writePath(path: PropertyKey[]): string {
  return path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${part}]` : text === '' ? String(part) : `${text}.${String(part)}`,
    '',
  )
}
