// What a browser calls itself, as a person would.

const NAMES: [pattern: RegExp, name: string][] = [
  [/Edg\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/Firefox\//, 'Firefox'],
  [/Chrome\//, 'Chrome'],
  [/Safari\//, 'Safari'],
]
const SYSTEMS: [pattern: RegExp, name: string][] = [
  [/iPhone|iPad/, 'iOS'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Mac OS X/, 'macOS'],
  [/Linux/, 'Linux'],
]

/** "Firefox on Linux"; what is not recognised stays as it is, cut short. */
export function browserInWords(userAgent: string): string {
  const find = (list: typeof NAMES) => list.find(([pattern]) => pattern.test(userAgent))?.[1]
  const name = find(NAMES)
  if (!name) return userAgent.slice(0, 40) || 'Unknown browser'
  const system = find(SYSTEMS)
  return system ? `${name} on ${system}` : name
}
