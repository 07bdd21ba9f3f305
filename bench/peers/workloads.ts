// What is measured, in Rampart's own documents: adapters translate them for the peers. Nobody is random here: the
// same people and flags in every run and every process.
import type { FlagDocument, SegmentDocument, Snapshot } from '@rampart/sdk'

export const PEOPLE = 100_000

/** Attributes are there only where a workload needs them. */
export interface Person {
  key: string
  country?: string
  plan?: string
  email?: string
  version?: string
}

type Condition = FlagDocument['rules'][number]['conditions'][number]
type Shape = Pick<FlagDocument, 'rules' | 'defaultServe'>
type Operator = 'in' | 'endsWith' | 'semverGreaterOrEqual'

const COUNTRIES = [
  'US',
  'CA',
  'GB',
  'DE',
  'FR',
  'NL',
  'SE',
  'NO',
  'DK',
  'FI',
  'BR',
  'IN',
  'JP',
  'KR',
  'AU',
  'ZA',
  'IT',
  'ES',
  'PL',
  'AT',
]
const WANTED_COUNTRIES = COUNTRIES.slice(0, 10)

/** xorshift32: the next number, 0 .. 1, from a fixed start. */
function numbers(): () => number {
  let state = 0x9e3779b9
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

/** `{key}`, or with attributes: one in ten from a wanted country, one in ten on the enterprise plan, and so on. */
export function makePeople(hasAttributes: boolean, count: number = PEOPLE): Person[] {
  const next = numbers()
  const among = (list: string[]) => list[Math.floor(next() * list.length)] as string
  return Array.from({ length: count }, (_, i) => {
    const key = `user-${i}`
    if (!hasAttributes) return { key }
    return {
      key,
      country: next() < 0.1 ? among(WANTED_COUNTRIES) : among(COUNTRIES.slice(10)),
      plan: next() < 0.1 ? 'enterprise' : among(['free', 'pro']),
      email: `user-${i}@${next() < 0.05 ? 'bigcorp.example' : 'mail.example'}`,
      version: `${1 + Math.floor(next() * 3)}.${Math.floor(next() * 10)}.${Math.floor(next() * 20)}`,
    }
  })
}

const share = (weight: number) => ({ rollout: { weight, split: [{ variant: 'on', weight: 100_000 }] } })
const when = (op: Operator, attribute: string, values: string[], i: number) => ({
  id: `r${i}`,
  conditions: [{ op, attribute, values }],
  serve: { variant: 'on' },
})

const SHAPES: Record<'on' | 'half' | 'fiveRules' | 'plan' | 'segment', Shape> = {
  on: { rules: [], defaultServe: { variant: 'on' } },
  half: { rules: [], defaultServe: share(50_000) },
  fiveRules: {
    rules: [
      when('in', 'country', WANTED_COUNTRIES, 1),
      when('in', 'plan', ['enterprise'], 2),
      when('endsWith', 'email', ['@bigcorp.example'], 3),
      when('semverGreaterOrEqual', 'version', ['3.5.0'], 4),
    ],
    defaultServe: share(20_000),
  },
  plan: { rules: [when('in', 'plan', ['enterprise'], 1)], defaultServe: { variant: 'off' } },
  segment: {
    rules: [{ id: 'r1', conditions: [{ op: 'segment', values: ['big'] }], serve: { variant: 'on' } }],
    defaultServe: { variant: 'off' },
  },
}

function snapshotOf(shapes: (keyof typeof SHAPES)[], segments: SegmentDocument[] = []): Snapshot {
  const flags = shapes.map(
    (shape, i): FlagDocument => ({
      key: `flag-${i}`,
      type: 'boolean',
      salt: `flag-${i}`,
      variants: [
        { name: 'on', value: true },
        { name: 'off', value: false },
      ],
      offVariant: 'off',
      on: true,
      killed: false,
      killRevision: 0,
      ...SHAPES[shape],
      allocation: 1,
      revision: 1,
    }),
  )
  return { epoch: '01J00000000000000000000000', revision: 1, project: 'bench', environment: 'bench', flags, segments }
}

const KINDS = ['on', 'half', 'fiveRules', 'plan'] as const
const many = (count: number) => snapshotOf(Array.from({ length: count }, (_, i) => KINDS[i % 4] ?? 'on'))
const bigSegment = (): SegmentDocument => ({
  key: 'big',
  included: Array.from({ length: 10_000 }, (_, i) => `user-${i * 10}`),
  excluded: [],
  rules: [],
  revision: 1,
})

export interface Workload {
  title: string
  /** The flag that is asked. */
  flag: string
  hasAttributes: boolean
  /** Asks all flags at once. */
  isAll: boolean
  snapshot(): Snapshot
}

const plain = { flag: 'flag-0', hasAttributes: false, isAll: false }

/** The same for everybody else: they have no such thing, or count elsewhere. */
function ramping(snapshot: Snapshot): Snapshot {
  return { ...snapshot, flags: snapshot.flags.map((flag) => ({ ...flag, ramp: { rule: null } })) }
}

export const WORKLOADS: Record<'W1' | 'W2' | 'W2R' | 'W3' | 'W4' | 'W5', Workload> = {
  W1: { ...plain, title: 'a flag that is on', snapshot: () => snapshotOf(['on']) },
  W2: { ...plain, title: 'a 50 % rollout', snapshot: () => snapshotOf(['half']) },
  W2R: { ...plain, title: 'a 50 % rollout whose ramp runs', snapshot: () => ramping(snapshotOf(['half'])) },
  W3: { ...plain, title: 'five rules', hasAttributes: true, snapshot: () => snapshotOf(['fiveRules']) },
  W4: { title: 'all of 1 000 flags', flag: 'flag-2', hasAttributes: true, isAll: true, snapshot: () => many(1_000) },
  W5: { ...plain, title: 'a segment of 10 000 ids', snapshot: () => snapshotOf(['segment'], [bigSegment()]) },
}

/** What a flag must answer: true, false, or the share, 0 .. 1, of people that the flag's rollout decides about. */
export function expectedAnswer(flag: FlagDocument, person: Person, segments: SegmentDocument[]): boolean | number {
  for (const { conditions } of flag.rules) {
    if (conditions.every((condition) => isMatch(condition, person, segments))) return true
  }
  const { variant, rollout } = flag.defaultServe
  return rollout === undefined ? variant === 'on' : rollout.weight / 100_000
}

function isMatch(condition: Condition, person: Person, segments: SegmentDocument[]): boolean {
  const [wanted] = condition.values
  if (condition.op === 'segment') {
    return segments.some(({ key, included }) => key === wanted && included.includes(person.key))
  }
  const value = person[condition.attribute as keyof Person] ?? ''
  if (condition.op === 'in') return condition.values.includes(value)
  if (condition.op === 'endsWith') return value.endsWith(String(wanted))
  const [a, b] = [numbersIn(value), numbersIn(String(wanted))]
  return (a[0] - b[0] || a[1] - b[1] || a[2] - b[2]) >= 0
}

function numbersIn(version: string): [number, number, number] {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number)
  return [major, minor, patch]
}
