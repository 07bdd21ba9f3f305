// Versions for builds that are counted in bytes: each becomes text that sorts as the versions do.

export interface Version {
  readonly order: string
}

const NUMBER = '(0|[1-9]\\d{0,14})'
const REST = '[\\dA-Za-z-]'
const PART = `(?:0|[1-9]\\d*|\\d*[A-Za-z-]${REST}*)`
const PATTERN = new RegExp(
  `^v?${NUMBER}(?:\\.${NUMBER}(?:\\.${NUMBER})?)?(?:-(${PART}(?:\\.${PART})*))?(?:\\+${REST}+(?:\\.${REST}+)*)?$`,
)

export function parseVersion(text: string): Version | null {
  const found = PATTERN.exec(text)
  if (!found) return null
  // Numbers come before words, and a number with more digits after one with fewer; releases come last.
  const parts = found[4]
    ?.split('.')
    .map((part) => (/\D/.test(part) ? `1${part}` : `0${String.fromCharCode(part.length)}${part}`))
  const numbers = found.slice(1, 4).map((number = '') => number.padStart(15, '0'))
  // What joins them sorts before all else: the version with fewer parts comes first.
  return { order: [...numbers, ...(parts ?? '2')].join('\0') }
}

export function compareVersion(text: string, { order: wanted }: Version): number {
  const order = parseVersion(text)?.order
  return order === undefined ? Number.NaN : order < wanted ? -1 : Number(order > wanted)
}
