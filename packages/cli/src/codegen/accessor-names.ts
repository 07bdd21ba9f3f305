import { createHash } from 'node:crypto'

/**
 * A name for each key: `new-checkout` becomes `newCheckout`. Where several keys would get the same name, all of them get a
 * mark made from the key, so that a name never comes to mean another flag than it did before: it is gone, and the compiler says so.
 */
export function nameAccessors(keys: readonly string[]): Map<string, string> {
  const claims = new Map<string, number>()
  for (const key of keys) claims.set(camelCase(key), (claims.get(camelCase(key)) ?? 0) + 1)
  const names = new Map<string, string>()
  const taken = new Set(claims.keys())
  for (const key of keys) {
    const plain = camelCase(key)
    const name = claims.get(plain) === 1 ? plain : markedName(key, taken)
    names.set(key, name)
    taken.add(name)
  }
  return names
}

function camelCase(key: string): string {
  const words = key.split(/[^A-Za-z0-9]+/).filter(Boolean)
  const joined = words
    .map((word, at) => (at === 0 ? lowerFirst(word) : word[0]?.toUpperCase() + word.slice(1)))
    .join('')
  // No identifier begins with a digit, and an object with `then` is taken for a promise.
  return /^[0-9]/.test(joined) || joined === 'then' ? `_${joined}` : joined
}

/** `ABTest` becomes `abTest`, `NewCheckout` becomes `newCheckout`. */
function lowerFirst(word: string): string {
  return word.replace(/^[A-Z]+(?=[A-Z][a-z])|^[A-Z]+/, (start) => start.toLowerCase())
}

function markedName(key: string, taken: ReadonlySet<string>): string {
  const digest = createHash('sha256').update(key).digest('hex')
  for (let length = 4; ; length += 1) {
    const name = `${camelCase(key)}_${digest.slice(0, length)}`
    if (!taken.has(name)) return name
  }
}
