import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { PERSON_EVENTS, RAMP_EVENTS, RAMP_STATES, RAMP_TABLE } from './ramp-states.ts'

const page = readFileSync(new URL('../../../../docs/ramps.md', import.meta.url), 'utf8')

describe('the table of ramps', () => {
  const cells = RAMP_STATES.flatMap((state) => [...PERSON_EVENTS, ...RAMP_EVENTS].map((event) => ({ state, event })))

  it.each(cells)('says the same to people: $state, $event', ({ state, event }) => {
    const cell = RAMP_TABLE[state][event]
    const words = 'refused' in cell ? ['—', '—', cell.refused] : [`**${cell.to}**`, cell.by, cell.needs ?? 'nothing']
    const row = page.split('\n').find((line) => new RegExp(`^\\| ${state} +\\| ${event} +\\|`).test(line))
    expect(
      row
        ?.split('|')
        .slice(3, 6)
        .map((text) => text.trim()),
    ).toEqual(words)
  })

  it('moves by itself only what is running, and nothing that is over', () => {
    const moves = cells.flatMap(({ state, event }) => {
      const cell = RAMP_TABLE[state][event]
      return 'refused' in cell ? [] : [{ state, event, by: cell.by }]
    })
    const byItself = moves.filter(({ by }) => by === 'ramp')
    expect(byItself.map(({ state, event }) => `${state} ${event}`)).toEqual(
      RAMP_EVENTS.map((event) => `running ${event}`),
    )
    expect(moves.filter(({ state }) => state === 'completed' || state === 'cancelled')).toEqual([])
  })
})
