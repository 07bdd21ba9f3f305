import { describe, expect, test } from 'vitest'
import {
  type Action,
  CONNECTION_TABLE,
  type ConnectionState,
  EVENTS,
  isSilent,
  onlyPollingWorks,
  STATES,
  streamingIsHopeless,
  wasHealthy,
} from './connection-table.ts'

const states = Object.keys(STATES) as ConnectionState[]
const cells = states.flatMap((state) => EVENTS.map((event) => ({ state, event, step: CONNECTION_TABLE[state][event] })))

type Alive = { fetch: boolean; stream: boolean; timer: boolean }

/** What lives after the actions, given what lived before; an event ends what it reports about. */
function afterwards(state: ConnectionState, event: string, actions: readonly Action[]): Alive {
  const alive: Alive = { ...STATES[state] }
  if (['fetched', 'outrun', 'fetchFailed'].includes(event)) alive.fetch = false
  if (['lost', 'hopeless', 'malformed'].includes(event)) alive.stream = false
  if (event === 'due') alive.timer = false
  // A refusal ends whichever of the two was refused; the other is dropped by an action.
  if (event === 'refused') Object.assign(alive, state === 'fetching' ? { fetch: false } : {})
  for (const action of actions) {
    if (action === 'fetch') alive.fetch = true
    if (action === 'openStream') alive.stream = true
    if (action === 'dropFetch') alive.fetch = false
    if (action === 'dropStream') alive.stream = false
    if (action === 'stopTimer') alive.timer = false
    if (action.startsWith('wait')) alive.timer = true
  }
  return alive
}

/** Whether the event can happen at all: its fetch, stream or timer lives in that state. */
function canHappen(state: ConnectionState, event: (typeof EVENTS)[number]): boolean {
  const { fetch, stream, timer } = STATES[state]
  if (event === 'start') return state === 'idle'
  if (event === 'close') return state !== 'closed'
  if (event === 'due') return timer
  if (event === 'refused') return fetch || stream
  return ['fetched', 'outrun', 'fetchFailed'].includes(event) ? fetch : stream
}

const [possible, impossible] = [true, false].map((wanted) =>
  cells.filter(({ state, event }) => canHappen(state, event) === wanted),
)

test.each(impossible ?? [])('$state on $event cannot happen and changes nothing', ({ state, step }) => {
  expect(step).toEqual({ to: state, actions: [] })
})

test.each(possible ?? [])(
  '$state on $event goes to $step.to, and what lives is what that promises',
  ({ state, event, step }) => {
    expect(afterwards(state, event, step.actions)).toEqual(STATES[step.to])
  },
)

describe('the table as a whole', () => {
  test('every state can be reached and every state but closed can be left', () => {
    const reached = new Set<ConnectionState>(['idle'])
    for (const state of reached) for (const event of EVENTS) reached.add(CONNECTION_TABLE[state][event].to)
    expect([...reached].sort()).toEqual([...states].sort())
  })

  test('from everywhere but closed it comes back to streaming when the service does well', () => {
    for (const start of states.filter((state) => state !== 'closed')) {
      let state: ConnectionState = start
      for (let step = 0; step < 6 && state !== 'streaming'; step += 1) {
        const { fetch, stream }: Alive = STATES[state]
        const event: (typeof EVENTS)[number] =
          state === 'idle' ? 'start' : fetch ? 'fetched' : stream && state === 'opening' ? 'heard' : 'due'
        state = CONNECTION_TABLE[state][event].to
      }
      expect(state, `from ${start}`).toBe('streaming')
    }
  })

  test('close always ends in closed, and nothing leads out of it', () => {
    for (const state of states) expect(CONNECTION_TABLE[state].close.to).toBe('closed')
    for (const event of EVENTS) expect(CONNECTION_TABLE.closed[event]).toEqual({ to: 'closed', actions: [] })
  })

  test('nothing unreadable is ever continued from: the cursor is forgotten', () => {
    const careless = (possible ?? []).filter(
      ({ event, step }) => event === 'malformed' && !step.actions.includes('forgetCursor'),
    )
    expect(careless).toEqual([])
  })
})

test('three silent heartbeats are too many', () => {
  expect(isSilent(1_000, 45_999, 15_000)).toBe(false)
  expect(isSilent(1_000, 46_000, 15_000)).toBe(true)
})

test('a stream is forgiven its past after a minute', () => {
  expect(wasHealthy(undefined, 100_000)).toBe(false)
  expect(wasHealthy(1_000, 60_999)).toBe(false)
  expect(wasHealthy(1_000, 61_000)).toBe(true)
})

test('after three streams without a word a snapshot is tried, and if that comes the way is polling', () => {
  expect([1, 2, 3, 4].map(streamingIsHopeless)).toEqual([false, false, true, true])
  expect([1, 2, 3, 4].map(onlyPollingWorks)).toEqual([false, false, false, true])
})
