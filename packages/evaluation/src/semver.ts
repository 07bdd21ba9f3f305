// Semantic Versioning 2.0.0, with two kindnesses for the versions that applications really send: a leading `v` is
// allowed, and a missing minor or patch counts as 0.

export interface Version {
  readonly major: number
  readonly minor: number
  readonly patch: number
  /** Identifiers after the hyphen, null for a release. */
  readonly prerelease: readonly string[] | null
}

// Fifteen digits are always a safe integer. Every part matches in one way only, so the test stays linear.
const NUMBER = '(0|[1-9]\\d{0,14})'
const IDENTIFIERS = '[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*'
const PATTERN = new RegExp(
  `^v?${NUMBER}(?:\\.${NUMBER}(?:\\.${NUMBER})?)?(?:-(${IDENTIFIERS}))?(?:\\+${IDENTIFIERS})?$`,
)
const DIGITS = /^\d+$/

/** Reads a version; null when the text is none. */
export function parseVersion(text: string): Version | null {
  const found = PATTERN.exec(text)
  if (found === null) return null
  const prerelease = found[4] === undefined ? null : found[4].split('.')
  if (prerelease?.some((part) => part.length > 1 && part.startsWith('0') && DIGITS.test(part))) return null
  return { major: Number(found[1]), minor: Number(found[2] ?? 0), patch: Number(found[3] ?? 0), prerelease }
}

/** Compares a version in text with a parsed one: below 0, 0, above 0, or NaN when the text is no version. */
export function compareVersion(text: string, wanted: Version): number {
  const plain = comparePlain(text, wanted)
  if (plain !== undefined) return plain
  const version = parseVersion(text)
  return version === null ? Number.NaN : compareVersions(version, wanted)
}

// `12.3.4`, which is nearly all of them, is compared in place: the pattern would allocate on every evaluation.
// Undefined for everything else.
function comparePlain(text: string, wanted: Version): number | undefined {
  const { length } = text
  // Text this short holds no number above 2^53; the pattern knows the limit for longer ones.
  if (length > 17) return undefined
  let order = 0
  let limit = wanted.major
  let dots = 0
  let number = -1
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at)
    if (code >= 48 && code <= 57) {
      if (number === 0) return undefined
      number = number < 0 ? code - 48 : number * 10 + code - 48
    } else {
      if (code !== 46 || number < 0 || dots === 2) return undefined
      if (order === 0) order = number - limit
      number = -1
      limit = dots === 0 ? wanted.minor : wanted.patch
      dots++
    }
  }
  if (number < 0 || dots < 2) return undefined
  if (order === 0) order = number - limit
  return order === 0 && wanted.prerelease !== null ? 1 : order
}

function compareVersions(a: Version, b: Version): number {
  return a.major - b.major || a.minor - b.minor || a.patch - b.patch || comparePrerelease(a.prerelease, b.prerelease)
}

function comparePrerelease(a: readonly string[] | null, b: readonly string[] | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null)
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const left = a[i]
    const right = b[i]
    // The one with more identifiers is the larger.
    if (left === undefined || right === undefined) return left === undefined ? -1 : 1
    const order = compareIdentifier(left, right)
    if (order !== 0) return order
  }
  return 0
}

function compareIdentifier(a: string, b: string): number {
  const aIsNumber = DIGITS.test(a)
  if (aIsNumber !== DIGITS.test(b)) return aIsNumber ? -1 : 1
  // Numbers without leading zeros compare by length first: any length, no rounding.
  if (aIsNumber && a.length !== b.length) return a.length - b.length
  return a < b ? -1 : a > b ? 1 : 0
}
