import type { InputProblem } from './errors.ts'

/** Deeper input has no use here, and recursion over it would overflow the stack of whoever reads it next. */
export const MAX_JSON_DEPTH = 32

/** Names that mean something to JavaScript objects themselves. */
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype'])

/** With the `u` flag a whole pair counts as one character, so this finds halves only. */
const LONE_SURROGATE = /\p{Surrogate}/u

const QUOTE = 34
const BACKSLASH = 92
const OPEN = new Set([91, 123])
const CLOSE = new Set([93, 125])

/**
 * Looks at JSON text before anything parses it, in one loop without recursion, for what a parser lets pass in silence:
 * nesting that is too deep, keys given twice (the last would win), keys that reach prototypes, and characters that the
 * database cannot store. Returns the first problem. Syntax is left to the parser.
 */
export function scanJson(text: string): InputProblem | null {
  /** One entry per open bracket: the keys of an object so far, or null in an array. */
  const open: (Set<string> | null)[] = []
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (OPEN.has(code)) {
      if (open.length >= MAX_JSON_DEPTH) {
        return { path: '', message: `The JSON is nested deeper than ${MAX_JSON_DEPTH} levels. Flatten it.` }
      }
      open.push(code === 123 ? new Set() : null)
    } else if (CLOSE.has(code)) {
      open.pop()
    } else if (code === QUOTE) {
      const end = endOfString(text, at)
      const problem = checkString(text, at, end, open.at(-1) ?? null)
      if (problem) return problem
      at = end
    }
  }
  return null
}

/** Index of the closing quote of the string that begins at `start`, or the end of the text. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) return at
    if (code === BACKSLASH) at++
  }
  return text.length
}

function checkString(text: string, start: number, end: number, keys: Set<string> | null): InputProblem | null {
  let value: unknown
  try {
    value = JSON.parse(text.slice(start, end + 1))
  } catch {
    return null // The parser will say it better.
  }
  if (typeof value !== 'string') return null
  if (value.includes('\0')) return { path: '', message: 'Text must not contain the NUL character.' }
  if (LONE_SURROGATE.test(value)) return { path: '', message: 'Text must not contain half of a surrogate pair.' }
  if (!keys || !isKey(text, end)) return null
  if (FORBIDDEN_KEYS.has(value)) return { path: value, message: `"${value}" cannot be the name of a field.` }
  if (keys.has(value)) return { path: value, message: 'This field is given twice in the same object.' }
  keys.add(value)
  return null
}

/** Whether a colon follows: only keys of objects have one. */
function isKey(text: string, end: number): boolean {
  for (let at = end + 1; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code !== 32 && code !== 9 && code !== 10 && code !== 13) return code === 58
  }
  return false
}
