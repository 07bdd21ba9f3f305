// What the evaluation reads, from what the API answers.
import type { FlagDocument, SegmentDocument } from '@rampart/evaluation'
import type { ConfigurationEdit, Flag, Segment } from '../contract.ts'

/** The flag as applications hold it. Counters and revisions are left out: no answer depends on them. */
export function flagDocument(flag: Flag, configuration: ConfigurationEdit, killed: boolean): FlagDocument {
  const { key, type, salt, variants } = flag
  const { on, offVariant, prerequisites, targets, rules, defaultServe } = configuration
  return {
    key,
    type,
    salt,
    variants,
    on,
    offVariant,
    prerequisites,
    targets,
    rules,
    defaultServe,
    killed,
    killRevision: 0,
    allocation: 0,
    revision: 0,
  }
}

export function segmentDocument({ key, included, excluded, rules }: Segment): SegmentDocument {
  return { key, included, excluded, rules, revision: 0 }
}
