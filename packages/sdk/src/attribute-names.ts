// Names and types of what applications say about their users, for those who write rules. Never a value.
import type { User } from '@rampart/evaluation'

export type AttributeType = 'text' | 'number' | 'boolean' | 'list' | 'date'

/** Sent in one batch. Whoever has more shows them over time. */
const MOST_NAMES = 50
/** Of a process: names made of data would otherwise never end. */
const MOST_TOLD = 500
const LONGEST_NAME = 128
/** The service forgets what nobody has told it for long. */
const TELL_AGAIN_MS = 60 * 60_000
const DATE = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}|$)/

export class AttributeNames {
  private readonly told = new Set<string>()
  private toldSince = 0
  private news: [string, AttributeType][] = []

  /** Looks at one user; one in thousands is enough. Never throws. */
  see(user: User): void {
    try {
      if (typeof user === 'object' && user !== null) this.look(user, '', true)
    } catch {
      // What can be read only sometimes has no name worth telling.
    }
  }

  /** What is new since the last call. */
  drain(): [string, AttributeType][] {
    if (this.news.length > 0) return this.news.splice(0)
    return []
  }

  private look(object: object, prefix: string, isTop: boolean): void {
    for (const [name, value] of Object.entries(object).slice(0, MOST_NAMES)) {
      if (isTop && (name === 'key' || name === 'targetingKey')) continue
      const type = typeOf(value)
      if (type !== undefined) this.tell(prefix + name, type)
      else if (isTop && typeof value === 'object' && value !== null) this.look(value, `${name}.`, false)
    }
  }

  private tell(name: string, type: AttributeType): void {
    const now = performance.now()
    if (now - this.toldSince > TELL_AGAIN_MS) {
      this.told.clear()
      this.toldSince = now
    }
    const id = `${type} ${name}`
    if (name === '' || name.length > LONGEST_NAME || this.told.has(id)) return
    if (this.news.length >= MOST_NAMES || this.told.size >= MOST_TOLD) return
    this.told.add(id)
    this.news.push([name, type])
  }
}

function typeOf(value: unknown): AttributeType | undefined {
  if (typeof value === 'string') return DATE.test(value) ? 'date' : 'text'
  if (typeof value === 'number') return 'number'
  if (typeof value === 'boolean') return 'boolean'
  if (Array.isArray(value)) return 'list'
  return value instanceof Date ? 'date' : undefined
}
