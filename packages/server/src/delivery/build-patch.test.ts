import * as fc from 'fast-check'
import type { FlagDocument, PatchEvent } from '@rampart/evaluation'
import { expect, it } from 'vitest'
import { buildPatch } from './build-patch.ts'
import { encodePatch, encodeSnapshot } from './encode.ts'
import { applyChange, type EnvironmentState } from './environment-state.ts'

const EMPTY: EnvironmentState = {
  id: 'id',
  projectId: 'project-id',
  project: 'default',
  environment: 'production',
  linkKey: null,
  epoch: '01J00000000000000000000000',
  revision: 0,
  flags: new Map(),
  removedFlags: new Map(),
  segments: new Map(),
  removedSegments: new Map(),
}

function makeFlag(key: string, revision: number, weight: number): FlagDocument {
  return {
    key,
    revision,
    type: 'boolean',
    salt: key,
    variants: [
      { name: 'on', value: true },
      { name: 'off', value: false },
    ],
    offVariant: 'off',
    on: true,
    killed: false,
    killRevision: 0,
    rules: [],
    defaultServe: { rollout: { weight, split: [{ variant: 'on', weight: 100_000 }] } },
    allocation: 1,
  }
}

/** A change of one flag per revision: its weight, or null when it is archived (and then it never comes back). */
const changes = fc.array(
  fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd', 'e'), weight: fc.option(fc.nat(100_000)) }),
  { minLength: 1, maxLength: 40 },
)

/** The states of an environment after each change, the empty one first. */
function historyOf(list: { key: string; weight: number | null }[]): EnvironmentState[] {
  const states = [EMPTY]
  for (const { key, weight } of list) {
    const state = states.at(-1) ?? EMPTY
    const to = state.revision + 1
    if (state.removedFlags.has(key)) continue
    const rows =
      weight === null
        ? { flags: [], removedFlags: [{ key, revision: to }] }
        : { flags: [makeFlag(key, to, weight)], removedFlags: [] }
    states.push(applyChange(state, { to, linkKey: null, ...rows, segments: [], removedSegments: [] }))
  }
  return states
}

/** What docs/http-api.md asks of a client: row by row where the row is newer, and only within from .. to - 1. */
function applyAsClient(held: EnvironmentState, patch: PatchEvent): EnvironmentState {
  if (patch.epoch !== held.epoch || held.revision < patch.from || held.revision >= patch.to) return held
  const newer = (key: string, revision: number) => (held.flags.get(key)?.revision ?? 0) < revision
  return applyChange(held, {
    to: patch.to,
    linkKey: null,
    flags: patch.flags.filter((flag) => newer(flag.key, flag.revision)),
    removedFlags: patch.removedFlags.filter(({ key, revision }) => newer(key, revision)),
    segments: [],
    removedSegments: [],
  })
}

/** A state as the wire carries it, whatever the order of its flags. */
function contents(state: EnvironmentState): string[] {
  return encodeSnapshot(state).toString().split('\n').sort()
}

function throughTheWire(patch: PatchEvent): PatchEvent {
  const data = /^data: (.*)$/m.exec(encodePatch(patch).toString())?.[1]
  return JSON.parse(data ?? 'null') as PatchEvent
}

it('brings any client to the state of the snapshot, from wherever it was', () => {
  fc.assert(
    fc.property(changes, fc.nat(), fc.nat(), (list, at, early) => {
      const states = historyOf(list)
      const target = states.at(-1) ?? EMPTY
      const held = states[at % states.length] ?? EMPTY
      // One buffer serves everybody: the patch may begin before what this client holds.
      const from = early % (held.revision + 1)
      const reached = applyAsClient(held, throughTheWire(buildPatch(target, from)))
      expect(contents(reached)).toEqual(contents(target))
    }),
  )
})

it('ends the same over any chain of patches, repeated and late ones included', () => {
  fc.assert(
    fc.property(changes, fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 20 }), (list, picks) => {
      const states = historyOf(list)
      const target = states.at(-1) ?? EMPTY
      let held = EMPTY
      for (const [to, from] of picks) {
        const state = states[to % states.length] ?? EMPTY
        held = applyAsClient(held, buildPatch(state, from % (state.revision + 1)))
        expect(contents(held)).toEqual(contents(states[held.revision] ?? EMPTY))
      }
      held = applyAsClient(held, buildPatch(target, held.revision))
      expect(contents(held)).toEqual(contents(target))
    }),
  )
})

it('holds a flag once, however often it changed', () => {
  const states = historyOf([1, 2, 3].map((weight) => ({ key: 'a', weight })))
  const patch = buildPatch(states.at(-1) ?? EMPTY, 0)
  expect(patch.flags.map((flag) => flag.revision)).toEqual([3])
})
