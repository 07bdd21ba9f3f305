// Who must be compiled again when a flag or a segment changes: whatever was asked for while something was compiled is
// needed by it.
import type { CompiledFlag, CompiledSegment, Keep } from '@rampart/evaluation'

type Kind = 'flag' | 'segment'

interface Held<T> {
  get(key: string): T | undefined
  set(key: string, compiled: T): unknown
}

/** Stands for every key of a kind. */
const ANY = '*'

function nodeOf(kind: Kind, key: string): string {
  return `${kind} ${key}`
}

export class Needs {
  /** By what is needed: those who do. */
  private readonly dependents = new Map<string, Set<string>>()
  /** For whom is being compiled. */
  private compiling = ''

  get isEmpty(): boolean {
    return this.dependents.size === 0
  }

  /** Compiles what is not held yet, and notes for whom. */
  keep<T extends CompiledFlag | CompiledSegment>(kind: Kind, held: Held<T>): Keep<T> {
    return (key, compile) => {
      if (this.compiling !== '') this.note(nodeOf(kind, key))
      const known = held.get(key)
      if (known !== undefined) return known
      const before = this.compiling
      this.compiling = nodeOf(kind, key)
      const compiled = compile(key)
      // A change of any of its kind may have opened the circle for which it was refused.
      if (compiled?.problem !== undefined) this.note(nodeOf(kind, ANY))
      this.compiling = before
      if (compiled !== undefined) held.set(key, compiled)
      return compiled
    }
  }

  /** Shows all that need one of these, directly or not. They are forgotten: they say so again when they are compiled. */
  drain(flags: readonly string[], segments: readonly string[], show: (kind: Kind, key: string) => void): void {
    if (this.isEmpty) return
    const nodes = [...flags.map((key) => nodeOf('flag', key)), ...segments.map((key) => nodeOf('segment', key))]
    if (flags.length > 0) nodes.push(nodeOf('flag', ANY))
    if (segments.length > 0) nodes.push(nodeOf('segment', ANY))
    for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
      const space = node.indexOf(' ')
      show(node.slice(0, space) as Kind, node.slice(space + 1))
      const dependents = this.dependents.get(node)
      this.dependents.delete(node)
      if (dependents !== undefined) nodes.push(...dependents)
    }
  }

  private note(needed: string): void {
    const known = this.dependents.get(needed)
    if (known === undefined) this.dependents.set(needed, new Set([this.compiling]))
    else known.add(this.compiling)
  }
}
