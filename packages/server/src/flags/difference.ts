import { sameJson } from '../audit/canonical-json.ts'

export interface Difference {
  path: string
  yours: unknown
  current: unknown
}

/** Where two JSON values differ, field by field; lists are compared whole. Null stands for an absent field. */
export function differenceBetween(yours: unknown, current: unknown, path = ''): Difference[] {
  if (sameJson(yours, current)) return []
  if (!isObject(yours) || !isObject(current)) return [{ path, yours: yours ?? null, current: current ?? null }]
  const names = [...new Set([...Object.keys(yours), ...Object.keys(current)])]
  return names.flatMap((name) => differenceBetween(yours[name], current[name], path ? `${path}.${name}` : name))
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
