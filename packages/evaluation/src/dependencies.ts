// How far flags reach through prerequisites, and segments through segments. A circle, or a net so wide that following
// it would stall the caller, is found here, before anything is compiled; what is compiled may then simply recurse.

/** The longest chain of prerequisites, or of nested segments. */
export const MAX_DEPTH = 100

// A net of depth 100 with two links at each level would be walked 2^100 times: the depth alone is no limit.
const MAX_VISITS = 1_000

interface Reach {
  depth: number
  visits: number
}

interface Frame extends Reach {
  readonly key: string
  readonly next: Iterator<string>
}

const ENDLESS: Reach = { depth: Number.POSITIVE_INFINITY, visits: Number.POSITIVE_INFINITY }

/** Answers, for keys of one kind and one snapshot, whether what they depend on can be followed to its end. */
export class DependencyCheck {
  readonly #dependenciesOf: (key: string) => readonly string[]
  readonly #known = new Map<string, Reach>()

  constructor(dependenciesOf: (key: string) => readonly string[]) {
    this.#dependenciesOf = dependenciesOf
  }

  /** False for a circle, a chain longer than MAX_DEPTH, and a net that is too wide. */
  canBeFollowed(key: string): boolean {
    // Nearly all flags depend on none, and are not worth remembering.
    if (this.#dependenciesOf(key).length === 0) return true
    const { depth, visits } = this.#known.get(key) ?? this.#walk(key)
    return depth <= MAX_DEPTH && visits <= MAX_VISITS
  }

  // With a stack of its own: a chain of 10 000 documents must not overflow the caller's.
  #walk(start: string): Reach {
    const path = [this.#open(start)]
    const openKeys = new Set([start])
    for (;;) {
      const top = path.at(-1) as Frame
      const step = top.next.next()
      if (!step.done) {
        const key = step.value
        const reach = openKeys.has(key) ? ENDLESS : this.#known.get(key)
        if (reach !== undefined) {
          extend(top, reach)
        } else {
          path.push(this.#open(key))
          openKeys.add(key)
        }
        continue
      }
      const reach = { depth: top.depth, visits: top.visits }
      this.#known.set(top.key, reach)
      openKeys.delete(top.key)
      path.pop()
      const parent = path.at(-1)
      if (parent === undefined) return reach
      extend(parent, reach)
    }
  }

  #open(key: string): Frame {
    return { key, next: this.#dependenciesOf(key)[Symbol.iterator](), depth: 0, visits: 1 }
  }
}

function extend(frame: Frame, reach: Reach): void {
  frame.depth = Math.max(frame.depth, reach.depth + 1)
  frame.visits += reach.visits
}
