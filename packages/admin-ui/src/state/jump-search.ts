// What the command palette offers for the words typed, best first. Pure, and quick enough for every keystroke.
import type { FlagSummary } from '../contract.ts'

export interface JumpTarget {
  /** What kind of thing it is, for the eye. */
  kind: 'page' | 'environment' | 'flag' | 'kill' | 'restore' | 'ramp'
  label: string
  /** Beside the label: a name, a state. */
  hint: string
  /** Key of the flag or environment, or the room of a page. */
  key: string
}

/** No screen shows more; the words narrow it. */
const MOST = 12

export interface JumpWorld {
  rooms: readonly (readonly [room: string, name: string])[]
  /** The environment on screen, and all of them. */
  environment: string
  environments: readonly string[]
  flags: readonly FlagSummary[]
}

/**
 * Pages and environments by name, flags by key and name; "kill", "restore" or "ramp" before a flag's words offers that
 * action. Without words the pages and environments are offered.
 */
export function findJumps(world: JumpWorld, query: string): JumpTarget[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  const action = words.length > 0 ? ACTIONS.find((one) => one === words[0]) : undefined
  if (action) return flagTargets(world, words.slice(1), action).slice(0, MOST)
  const found = [...pageTargets(world), ...environmentTargets(world)].filter((target) => hasAll(target, words))
  return [...found, ...(words.length > 0 ? flagTargets(world, words, 'flag') : [])].slice(0, MOST)
}

const ACTIONS = ['kill', 'restore', 'ramp'] as const

function pageTargets({ rooms }: JumpWorld): JumpTarget[] {
  return rooms.map(([key, label]) => ({ kind: 'page', label, hint: 'page', key }))
}

function environmentTargets({ environment, environments }: JumpWorld): JumpTarget[] {
  return environments
    .filter((key) => key !== environment)
    .map((key) => ({ kind: 'environment', label: `Go to ${key}`, hint: 'environment', key }))
}

function flagTargets(world: JumpWorld, words: string[], kind: 'flag' | (typeof ACTIONS)[number]): JumpTarget[] {
  const { environment, flags } = world
  const targets: JumpTarget[] = []
  for (const flag of flags) {
    const here = flag.environments[environment]
    if (kind === 'kill' && here?.killed) continue
    if (kind === 'restore' && !here?.killed) continue
    const text = `${flag.key} ${flag.name}`.toLowerCase()
    if (!words.every((word) => text.includes(word))) continue
    const label = kind === 'flag' ? flag.key : `${VERBS[kind]} ${flag.key} in ${environment}`
    targets.push({ kind, label, hint: flag.name || (here?.state ?? ''), key: flag.key })
  }
  const [first = ''] = words
  // Whoever types a key's beginning means that flag.
  return targets.sort((a, b) => Number(b.key.startsWith(first)) - Number(a.key.startsWith(first)))
}

const VERBS = { kill: 'Kill', restore: 'Restore', ramp: 'Ramp' } as const

function hasAll({ label, hint }: JumpTarget, words: string[]): boolean {
  const text = `${label} ${hint}`.toLowerCase()
  return words.every((word) => text.includes(word))
}
