// The one place that knows what each single key does. A letter means the same on every page that has it.

/** As `KeyboardEvent.key` says it: how it is written, and what it does. In the order in which they are listed. */
const KEY_WORDS: Record<string, [written: string, what: string]> = {
  ArrowDown: ['↓ ↑', 'move in the list'],
  Enter: ['Enter', 'open what is chosen'],
  '/': ['/', 'search'],
  k: ['K', 'kill the flag, or restore it (asks first)'],
  r: ['R', 'ramp the flag'],
  n: ['N', 'new flag'],
  t: ['T', 'the graph’s numbers as a table'],
  u: ['U', 'to Undo, while it is offered'],
}

/** After `g`, for "go": the room of the rail it leads to. */
export const ROOM_KEYS: Record<string, string> = {
  f: 'flags',
  c: 'changes',
  r: 'ramps',
  s: 'segments',
  d: 'sdks',
  t: 'settings',
}

const ALWAYS: [written: string, what: string][] = [
  ['Ctrl K', 'search or jump; also “kill new-checkout”'],
  ['Esc', 'leave a dialog'],
  ['?', 'this list'],
]

/** Lines of the list of keys: those of the page, then what leads elsewhere. `rooms` are those that the rail has. */
export function keyLines(
  pageKeys: string[],
  rooms: readonly (readonly [room: string, name: string])[],
): [written: string, what: string][] {
  const ofPage = Object.entries(KEY_WORDS).filter(
    // Enter is the link's own key wherever arrows move between links.
    ([key]) => pageKeys.includes(key) || (key === 'Enter' && pageKeys.includes('ArrowDown')),
  )
  const jumps = Object.entries(ROOM_KEYS).flatMap(([key, room]): [string, string][] => {
    const name = rooms.find(([word]) => word === room)?.[1]
    return name ? [[`G ${key.toUpperCase()}`, `go to ${name}`]] : []
  })
  return [...ofPage.map(([, line]) => line), ...jumps, ...ALWAYS]
}
