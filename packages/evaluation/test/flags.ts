// Documents for tests: short to write, and evaluated through the package's own door.
import {
  type CompiledFlag,
  compileSnapshot,
  decide,
  type FlagDocument,
  type Rule,
  type SegmentDocument,
  type Snapshot,
  type User,
} from '../src/index.ts'

export const FLAG = {
  key: 'checkout',
  type: 'boolean',
  salt: 'checkout',
  variants: [
    { name: 'on', value: true },
    { name: 'off', value: false },
  ],
  offVariant: 'off',
  on: true,
  killed: false,
  killRevision: 0,
  rules: [],
  defaultServe: { variant: 'off' },
  allocation: 1,
  revision: 1,
} satisfies FlagDocument

export function documentOf(changes: Partial<FlagDocument>): FlagDocument {
  return { ...FLAG, ...changes }
}

export function snapshotOf(flags: Partial<FlagDocument>[], segments: Partial<SegmentDocument>[] = []): Snapshot {
  return {
    epoch: '01J00000000000000000000000',
    revision: 7,
    project: 'default',
    environment: 'production',
    flags: flags.map(documentOf),
    segments: segments.map((segment) => ({
      key: 'seg',
      included: [],
      excluded: [],
      rules: [],
      revision: 1,
      ...segment,
    })),
  }
}

export function flagOf(changes: Partial<FlagDocument>, segments: Partial<SegmentDocument>[] = []): CompiledFlag {
  return compileSnapshot(snapshotOf([changes], segments)).flag(changes.key ?? FLAG.key) as CompiledFlag
}

/** Name of the variant this user gets; undefined for the caller's default. */
export function servedTo(flag: CompiledFlag, user: User): string | undefined {
  return decide(flag, user).variant
}

/** A rollout of a boolean flag. */
export function share(weight: number): FlagDocument['defaultServe'] {
  return { rollout: { weight, split: [{ variant: 'on', weight: 100_000 }] } }
}

/** A rule that serves `on` to those who match. */
export function ruleOf(...conditions: Rule['conditions']): Rule {
  return { id: 'r1', conditions, serve: { variant: 'on' } }
}
