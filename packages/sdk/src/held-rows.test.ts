import type { FlagDocument, KillEvent, PatchEvent } from '@rampart/evaluation'
import { array, assert, constantFrom, infiniteStream, nat, property, record } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EPOCH, flagOf, LATER_EPOCH, patchOf } from '../test/fake-service.ts'
import { documentOf, rowOf } from './flag-row.ts'
import { HeldRows } from './held-rows.ts'
import type { ReadSnapshot } from './read-snapshot.ts'

function snapshotOf(
  revision: number,
  flags: FlagDocument[],
  more: { epoch?: string; empty?: boolean } = {},
): ReadSnapshot {
  const { epoch = EPOCH, empty = false } = more
  return {
    header: { rampart: 1, epoch, revision, project: 'p', environment: 'e', empty },
    flags: flags.map((flag) => rowOf(flag)),
    segments: [],
    badFlags: new Set(),
    badSegments: new Set(),
    namelessLines: 0,
  }
}

function killOf(flag: string, revision: number, epoch: string = EPOCH): KillEvent {
  return { epoch, flag, revision }
}

function holding(revision: number, ...flags: FlagDocument[]): HeldRows {
  const rows = new HeldRows()
  rows.applySnapshot(snapshotOf(revision, flags, { empty: flags.length === 0 }))
  return rows
}

function documentIn(rows: HeldRows, key: string): FlagDocument | undefined {
  const row = rows.flags.get(key)
  return row && documentOf(row)
}

describe('a snapshot', () => {
  test('replaces what is held and names what changed', () => {
    const rows = holding(5, flagOf('a', { revision: 1 }), flagOf('b', { revision: 2 }))
    const change = rows.applySnapshot(snapshotOf(7, [flagOf('a', { revision: 1 }), flagOf('c', { revision: 7 })]))
    expect(change).toMatchObject({ outcome: 'applied', flags: ['c', 'b'] })
    expect([...rows.flags.keys()]).toEqual(['a', 'c'])
  })

  test('never goes back within an epoch, nor to an older one', () => {
    const rows = holding(5, flagOf('a'))
    expect(rows.applySnapshot(snapshotOf(4, [])).outcome).toBe('ignored')
    expect(rows.applySnapshot(snapshotOf(9, [], { epoch: '01AA' })).outcome).toBe('ignored')
    expect(rows.cursor).toEqual({ epoch: EPOCH, revision: 5 })
  })

  test('of a later epoch goes back to any revision', () => {
    const rows = holding(5, flagOf('a', { revision: 5, killRevision: 5, killed: true }))
    const change = rows.applySnapshot(snapshotOf(2, [flagOf('a', { revision: 2 })], { epoch: LATER_EPOCH }))
    expect(change).toMatchObject({ outcome: 'applied', flags: ['a'] })
    expect(rows.flags.get('a')).toMatchObject({ revision: 2, killed: false })
  })

  test('without flags is believed only when it says that it is empty', () => {
    const rows = holding(5, flagOf('a'))
    expect(rows.applySnapshot(snapshotOf(6, [])).outcome).toBe('distrusted')
    expect(rows.flags.size).toBe(1)
    expect(rows.applySnapshot(snapshotOf(6, [], { empty: true })).outcome).toBe('applied')
    expect(rows.flags.size).toBe(0)
  })

  test('keeps what it cannot read', () => {
    const rows = holding(5, flagOf('a'), flagOf('b'), flagOf('c'))
    rows.applySnapshot({ ...snapshotOf(6, [flagOf('a')]), badFlags: new Set(['b']) })
    expect([...rows.flags.keys()]).toEqual(['a', 'b'])
    rows.applySnapshot({ ...snapshotOf(7, [flagOf('d')]), namelessLines: 1 })
    expect([...rows.flags.keys()]).toEqual(['a', 'b', 'd'])
  })

  test('replaces a bootstrap whatever epoch that claims', () => {
    const rows = new HeldRows()
    rows.applySnapshot(snapshotOf(1, [flagOf('a')], { epoch: 'zzz' }))
    rows.provisional = true
    expect(rows.applySnapshot(snapshotOf(1, [flagOf('b')])).outcome).toBe('applied')
    expect([...rows.flags.keys()]).toEqual(['b'])
  })

  test('replaces the rows of a bootstrap of the same revision', () => {
    const rows = holding(5, flagOf('a', { on: false }))
    rows.provisional = true
    rows.applySnapshot(snapshotOf(5, [flagOf('a')]))
    expect(documentIn(rows, 'a')?.on).toBe(true)
  })
})

describe('a patch', () => {
  test('applies when from <= cursor < to, row by row where newer', () => {
    const rows = holding(5, flagOf('a', { revision: 5 }), flagOf('b', { revision: 3 }))
    const change = rows.applyPatch(
      patchOf(2, 6, [flagOf('a', { revision: 4, on: false }), flagOf('b', { revision: 6 })]),
    )
    expect(change).toMatchObject({ outcome: 'applied', flags: ['b'] })
    expect(documentIn(rows, 'a')?.on).toBe(true)
    expect(rows.cursor?.revision).toBe(6)
  })

  test('that is known is ignored; with a gap, or of a later epoch, it asks for a snapshot', () => {
    const rows = holding(5, flagOf('a'))
    expect(rows.applyPatch(patchOf(3, 5, [flagOf('a', { revision: 5 })])).outcome).toBe('ignored')
    expect(rows.applyPatch(patchOf(6, 7, [])).outcome).toBe('behind')
    expect(rows.applyPatch(patchOf(5, 6, [], { epoch: LATER_EPOCH })).outcome).toBe('behind')
    expect(rows.applyPatch(patchOf(5, 6, [], { epoch: '01AA' })).outcome).toBe('ignored')
    expect(new HeldRows().applyPatch(patchOf(0, 1, [])).outcome).toBe('behind')
    expect(rows.cursor?.revision).toBe(5)
  })

  test('an older row does not bring back what a tombstone removed', () => {
    const rows = holding(5, flagOf('a'))
    rows.applyPatch(patchOf(5, 7, [], { removedFlags: [{ key: 'a', revision: 7 }] }))
    expect(rows.flags.has('a')).toBe(false)
    rows.applyPatch(patchOf(6, 8, [flagOf('a', { revision: 6 })]))
    expect(rows.flags.has('a')).toBe(false)
  })

  test('segments follow the same law', () => {
    const rows = holding(5)
    const segment = { key: 's', included: ['ann'], excluded: [], rules: [], revision: 6 }
    expect(rows.applyPatch(patchOf(5, 6, [], { segments: [segment] })).segments).toEqual(['s'])
    rows.applyPatch(patchOf(5, 7, [], { removedSegments: [{ key: 's', revision: 7 }] }))
    expect(rows.segments.size).toBe(0)
    expect(rows.applyPatch(patchOf(6, 8, [], { segments: [segment] })).segments).toEqual([])
  })
})

describe('a kill', () => {
  test('overtakes its patch, does not move the cursor, and survives an older row', () => {
    const rows = holding(5, flagOf('a'))
    expect(rows.applyKill(killOf('a', 8), true)).toMatchObject({ outcome: 'applied', flags: ['a'] })
    expect(rows.cursor?.revision).toBe(5)
    rows.applyPatch(patchOf(5, 7, [flagOf('a', { revision: 7, on: false })]))
    expect(documentIn(rows, 'a')).toMatchObject({ killed: true, killRevision: 8, on: false })
    rows.applySnapshot(snapshotOf(7, [flagOf('a', { revision: 7 })]))
    expect(rows.flags.get('a')?.killed).toBe(true)
    rows.applyPatch(patchOf(7, 9, [flagOf('a', { revision: 9, killRevision: 9 })]))
    expect(rows.flags.get('a')?.killed).toBe(false)
  })

  test('that is late does not undo a later restore', () => {
    const rows = holding(5, flagOf('a'))
    rows.applyKill(killOf('a', 8), false)
    expect(rows.applyKill(killOf('a', 7), true).outcome).toBe('ignored')
    expect(rows.flags.get('a')?.killed).toBe(false)
  })

  test('of a flag that has not arrived yet waits for it', () => {
    const rows = holding(5)
    rows.applyKill(killOf('new', 7), true)
    rows.applyPatch(patchOf(5, 6, [flagOf('new', { revision: 6 })]))
    expect(rows.flags.get('new')).toMatchObject({ killed: true, killRevision: 7 })
  })

  test('of a history that has not arrived yet is obeyed at once and survives its snapshot', () => {
    const rows = holding(5, flagOf('a'))
    expect(rows.applyKill(killOf('a', 3, LATER_EPOCH), true).outcome).toBe('behind')
    expect(rows.flags.get('a')?.killed).toBe(true)
    rows.applySnapshot(snapshotOf(2, [flagOf('a', { revision: 2 })], { epoch: LATER_EPOCH }))
    expect(rows.flags.get('a')).toMatchObject({ killed: true, killRevision: 3 })
  })

  test('of an older history is ignored', () => {
    const rows = holding(5, flagOf('a'))
    expect(rows.applyKill(killOf('a', 9, '01AA'), true).outcome).toBe('ignored')
    expect(rows.flags.get('a')?.killed).toBe(false)
  })
})

// --- any order ends in the same state ---------------------------------------------------------------------------

type Operation = { flag: string; kind: 'edit' | 'kill' | 'restore' | 'archive' }
type Message =
  | { type: 'patch'; data: PatchEvent }
  | { type: 'kill'; data: KillEvent; killed: boolean }
  | { type: 'snapshot'; data: ReadSnapshot }

/** The service's truth after each operation, and all the messages it could send about it. */
function play(operations: Operation[]): { messages: Message[]; last: Map<string, FlagDocument>; revision: number } {
  const current = new Map<string, FlagDocument>()
  const removedAt = new Map<string, number>()
  const messages: Message[] = []
  let revision = 1
  for (const { flag, kind } of operations) {
    revision += 1
    const held = current.get(flag)
    if (removedAt.has(flag)) continue
    if (kind === 'archive') {
      if (!held) continue
      current.delete(flag)
      removedAt.set(flag, revision)
    } else if (kind === 'edit' || !held) {
      const { killed = false, killRevision = 0 } = held ?? {}
      current.set(flag, flagOf(flag, { revision, allocation: revision, killed, killRevision }))
    } else {
      const killed = kind === 'kill'
      current.set(flag, { ...held, killed, killRevision: revision, revision })
      messages.push({ type: 'kill', data: killOf(flag, revision), killed })
    }
    for (let from = 1; from < revision; from += 2) {
      const flags = [...current.values()].filter((row) => row.revision > from)
      const removedFlags = [...removedAt].filter(([, at]) => at > from).map(([key, at]) => ({ key, revision: at }))
      messages.push({ type: 'patch', data: patchOf(from, revision, flags, { removedFlags }) as PatchEvent })
    }
    messages.push({
      type: 'snapshot',
      data: snapshotOf(revision, [...current.values()], { empty: current.size === 0 }),
    })
  }
  return { messages, last: current, revision }
}

function deliver(rows: HeldRows, message: Message): void {
  if (message.type === 'patch') rows.applyPatch(message.data)
  else if (message.type === 'kill') rows.applyKill(message.data, message.killed)
  else rows.applySnapshot(message.data)
}

const operation = record({
  flag: constantFrom('a', 'b', 'c'),
  kind: constantFrom<Operation['kind']>('edit', 'edit', 'kill', 'restore', 'archive'),
})

test('any interleaving of kills, patches and snapshots, doubled or lost, ends in the state of the service', () => {
  assert(
    property(array(operation, { minLength: 1, maxLength: 12 }), infiniteStream(nat()), (operations, picks) => {
      const { messages, last, revision } = play(operations)
      const rows = holding(1)
      const newestKills = new Map<string, { revision: number; killed: boolean }>()
      // Each pick takes any message from anywhere, so that some come twice, some never, all in any order.
      for (let count = 0; count < messages.length * 2; count += 1) {
        const message = messages[(picks.next().value as number) % messages.length] as Message
        const revisionsBefore = [...rows.flags].map(([key, row]) => [key, row.revision] as const)
        deliver(rows, message)
        const backwards = revisionsBefore.filter(([key, before]) => (rows.flags.get(key)?.revision ?? before) < before)
        expect(backwards).toEqual([])
        if (message.type === 'kill') rememberNewest(newestKills, message)
        expect([...newestKills].filter(([key, kill]) => isUndone(kill, documentIn(rows, key)))).toEqual([])
      }
      // The connection fetches until the copy has what the stream told of: the last word is a snapshot or a patch.
      deliver(rows, { type: 'snapshot', data: snapshotOf(revision, [...last.values()], { empty: last.size === 0 }) })
      const held = [...rows.flags.keys()].map((key) => [key, documentIn(rows, key)])
      expect(Object.fromEntries(held)).toEqual(Object.fromEntries(last))
    }),
    { numRuns: 500 },
  )
})

function rememberNewest(
  newest: Map<string, { revision: number; killed: boolean }>,
  { data, killed }: Extract<Message, { type: 'kill' }>,
): void {
  if ((newest.get(data.flag)?.revision ?? 0) < data.revision) newest.set(data.flag, { revision: data.revision, killed })
}

/** True when a row is older than a kill that was told of it, or contradicts it. */
function isUndone(kill: { revision: number; killed: boolean }, row: FlagDocument | undefined): boolean {
  if (!row) return false
  return row.killRevision < kill.revision || (row.killRevision === kill.revision && row.killed !== kill.killed)
}

describe('a difference of a segment', () => {
  const segment = { key: 's', included: ['ann', 'bob'], excluded: [], rules: [], revision: 3 }
  const withSegment = () => {
    const rows = new HeldRows()
    rows.applySnapshot({ ...snapshotOf(5, [flagOf('a')]), segments: [segment] })
    return rows
  }
  const patch = (from: number, to: number, base: number) => ({
    ...patchOf(from, to, []),
    segmentDeltas: [{ key: 's', from: base, to, add: ['cy'], remove: ['ann'] }],
  })

  test('is taken by who holds what it was made from', () => {
    const rows = withSegment()
    expect(rows.applyPatch(patch(5, 6, 3))).toMatchObject({ outcome: 'applied', segments: ['s'] })
    expect(rows.segments.get('s')).toMatchObject({ included: ['bob', 'cy'], revision: 6 })
    expect(segment.included).toEqual(['ann', 'bob'])
  })

  test('changes nothing where another revision is held, and asks for a snapshot', () => {
    const rows = withSegment()
    expect(rows.applyPatch(patch(5, 6, 2)).outcome).toBe('behind')
    expect(rows.cursor).toEqual({ epoch: EPOCH, revision: 5 })
    expect(rows.segments.get('s')).toBe(segment)
  })

  test('is passed over where the segment is newer already', () => {
    const rows = new HeldRows()
    rows.applySnapshot({ ...snapshotOf(5, [flagOf('a')]), segments: [{ ...segment, revision: 6 }] })
    expect(rows.applyPatch(patch(5, 6, 3))).toMatchObject({ outcome: 'applied', segments: [] })
    expect(rows.segments.get('s')?.included).toEqual(['ann', 'bob'])
  })
})
