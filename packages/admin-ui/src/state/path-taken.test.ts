import type { Condition, FlagDocument, Rule, SegmentDocument, User } from '@rampart/evaluation'
import { expect, test } from 'vitest'
import { configuration, flag } from '../../test/fixtures.ts'
import { flagDocument } from './flag-document.ts'
import { pathTaken } from './path-taken.ts'
import { readSurroundings } from './surroundings.ts'

const inSegment = (...values: string[]): Condition => ({ op: 'segment', values })
const segment = (key: string, part: Partial<SegmentDocument> = {}): SegmentDocument => ({
  key,
  included: [],
  excluded: [],
  rules: [],
  revision: 0,
  ...part,
})

const staff: Rule = { id: 'staff', conditions: [inSegment('staff')], serve: { variant: 'on' } }

function document(part: Partial<FlagDocument> = {}): FlagDocument {
  return { ...flagDocument(flag(), configuration(), false), ...part }
}

test('the last step is the one that the evaluation says decided, whoever asks', () => {
  const surroundings = {
    flag: document({ rules: [staff, ...configuration().rules] }),
    others: [],
    segments: [segment('staff', { included: ['user-7', 'user-8'] })],
  }
  const ends = new Set<string>()
  for (let i = 0; i < 600; i++) {
    const user: User = i === 0 ? { country: 'DE' } : { key: `user-${i}`, country: i % 2 ? 'DE' : 'FR', plan: 'pro' }
    const { steps, answer } = pathTaken(surroundings, i === 1 ? 'ada' : user)
    const last = steps.at(-1)
    expect(steps.filter(({ outcome }) => outcome === 'decided')).toEqual([last])
    expect(last?.kind === 'rule' ? last.subject : undefined).toBe(answer.ruleId)
    expect(last?.share?.bucket ?? undefined).toBe(answer.bucket)
    expect(last?.share?.weight).toBe(answer.weight)
    ends.add(`${last?.kind} ${last?.subject}`)
  }
  expect([...ends].sort()).toEqual(['default ', 'rule rule-1', 'rule staff', 'target on'])
})

test('killed, switched off and an unmet prerequisite end it, in this order', () => {
  const other = document({ key: 'other', targets: [], rules: [], defaultServe: { variant: 'off' } })
  const needy = { prerequisites: [{ flag: 'other', variants: ['on'] }] }
  const path = (part: Partial<FlagDocument>) =>
    pathTaken({ flag: document({ ...needy, ...part }), others: [other], segments: [] }, 'ada').steps.at(-1)
  expect(path({ killed: true, on: false })?.kind).toBe('kill')
  expect(path({ on: false })?.kind).toBe('switch')
  expect(path({})).toMatchObject({ kind: 'prerequisite', subject: 'other', variant: 'off', needed: ['on'] })
})

test('each condition of a rule says whether it holds', () => {
  const { steps } = pathTaken({ flag: document(), others: [], segments: [] }, { country: 'DE', plan: 'free' })
  const rule = steps.find(({ kind }) => kind === 'rule')
  expect(rule?.outcome).toBe('passed')
  expect(rule?.conditions?.map(({ holds }) => holds)).toEqual([true, false])
})

test('what is malformed has no path, and says what it is', () => {
  const { steps, answer } = pathTaken({ flag: document({ rules: [staff] }), others: [], segments: [] }, 'ada')
  expect(steps).toEqual([])
  expect(answer).toMatchObject({ errorCode: 'PARSE_ERROR', errorMessage: 'segment "staff" does not exist' })
})

test('everything that is named is read once, circles too', async () => {
  const asked: string[] = []
  const rule = (key: string): Rule => ({ id: key, conditions: [inSegment(key, 'gone')], serve: { variant: 'on' } })
  const start = document({ prerequisites: [{ flag: 'b', variants: ['on'] }], rules: [rule('one')] })
  const read = {
    flag: async (key: string) => {
      asked.push(key)
      return document({ key, prerequisites: [{ flag: start.key, variants: ['on'] }], rules: [rule('two')] })
    },
    segment: async (key: string) => {
      asked.push(key)
      return key === 'gone' ? null : segment(key, { rules: [[inSegment('one')]] })
    },
  }
  const { others, segments } = await readSurroundings(start, read, new AbortController().signal)
  expect(others.map(({ key }) => key)).toEqual(['b'])
  expect(segments.map(({ key }) => key).sort()).toEqual(['one', 'two'])
  expect(asked.sort()).toEqual(['b', 'gone', 'one', 'two'])
})
