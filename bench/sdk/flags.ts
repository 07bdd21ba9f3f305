// Flags for the benchmarks of the SDK: those of the workloads, a quarter each of on, a rollout, five rules and one rule.
import type { FlagDocument, Snapshot } from '@rampart/sdk'
import { WORKLOADS } from '../peers/workloads.ts'

/** `alike` flags differ in their keys, as those of a benchmark do; `unlike` ones also in names, ids and values. */
export type Likeness = 'alike' | 'unlike'

export function flagsOf(count: number, likeness: Likeness = 'alike'): FlagDocument[] {
  const shapes = WORKLOADS.W4.snapshot().flags.slice(0, 4)
  return Array.from({ length: count }, (_, at) => {
    const flag = { ...(shapes[at % shapes.length] as FlagDocument), key: `flag-${at}`, salt: `flag-${at}` }
    return likeness === 'alike' ? flag : unlike(flag, at)
  })
}

/** As people make them: keys of some length, rules with ids of their own, no two asking for the same values. */
function unlike(flag: FlagDocument, at: number): FlagDocument {
  const key = `checkout-team-${at}-new-flow`
  const rules = flag.rules.map((rule, place) => ({
    ...rule,
    id: `01JD${at.toString(36).padStart(18, '0')}${place}`.toUpperCase(),
    conditions: rule.conditions.map((condition) => ({
      ...condition,
      values: condition.values.map((value) =>
        'attribute' in condition && condition.attribute === 'version' ? `3.${at}.0` : `${value}${at}`,
      ),
    })),
  }))
  return { ...flag, key, salt: key, rules } as FlagDocument
}

export function snapshotOf(flags: FlagDocument[], revision = 1, epoch = '01J00000000000000000000000'): Snapshot {
  return { epoch, revision, project: 'bench', environment: 'bench', flags, segments: [] }
}

function headFirst(flag: FlagDocument): FlagDocument {
  const { key, revision, killed, killRevision, ...rest } = flag
  return { key, revision, killed, killRevision, ...rest }
}

/** As the service writes it. */
export function linesOf({ flags, epoch, revision, project, environment }: Snapshot): string {
  const header = { rampart: 1, epoch, revision, project, environment, empty: flags.length === 0 }
  const end = { flags: flags.length, segments: 0 }
  return [header, ...flags.map((flag) => ({ flag: headFirst(flag) })), { end }]
    .map((line) => `${JSON.stringify(line)}\n`)
    .join('')
}

export const PERSON = { key: 'user-7', country: 'US', plan: 'pro', email: 'user-7@mail.example', version: '2.1.0' }
