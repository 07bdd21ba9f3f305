import type { SegmentDocument } from '@rampart/evaluation'
import type { Logger } from 'pino'
import type { EnvironmentChange, EnvironmentState } from './environment-state.ts'
import type { EnvironmentRead, FlagRow } from './read-environment.ts'
import { lastGood, problemOfSegment, readFlag } from './read-flag.ts'

/** Rows that cannot be served, with the reason: by environment id and flag key. */
export interface Quarantine {
  /** The change that rows stand for. A bad row keeps its last good document, or is left out when there is none. */
  take(environmentId: string, read: EnvironmentRead, known: EnvironmentState | undefined): EnvironmentChange
  /** How many rows there are, for people. Names no flag: health checks are open to everybody. */
  problem(): string | undefined
}

export function createQuarantine(log: Logger): Quarantine {
  const spoilt = new Set<string>()

  function takeFlag(environmentId: string, row: FlagRow, read: EnvironmentRead, known: EnvironmentState | undefined) {
    const id = `${environmentId}/${row.key}`
    const reading = readFlag(row)
    if (reading.flag) {
      spoilt.delete(id)
      return reading.flag
    }
    const good = known?.flags.get(row.key)
    const served = good ? 'its last good state is served' : 'it is not served'
    spoilt.add(id)
    log.error({ flag: row.key, environment: read.environment, problem: reading.problem }, `flag quarantined: ${served}`)
    return good && lastGood(good, row)
  }

  function takeSegment(
    environmentId: string,
    row: SegmentDocument,
    read: EnvironmentRead,
    known: EnvironmentState | undefined,
    change: EnvironmentChange,
  ): void {
    const id = `${environmentId}/segment ${row.key}`
    const problem = problemOfSegment(row)
    if (problem === undefined) {
      spoilt.delete(id)
      change.segments.push(row)
      return
    }
    spoilt.add(id)
    const good = known?.segments.get(row.key)
    if (good) change.segments.push({ ...good, revision: row.revision })
    const served = good ? 'its last good state is served' : 'it is not served'
    log.error({ segment: row.key, environment: read.environment, problem }, `segment quarantined: ${served}`)
  }

  return {
    take(environmentId, read, known) {
      const change: EnvironmentChange = {
        to: read.revision,
        linkKey: read.linkKey,
        flags: [],
        removedFlags: [],
        segments: [],
        removedSegments: [],
      }
      for (const row of read.rows) {
        if (row.archived) {
          spoilt.delete(`${environmentId}/${row.key}`)
          change.removedFlags.push({ key: row.key, revision: row.revision })
          continue
        }
        const flag = takeFlag(environmentId, row, read, known)
        if (flag) change.flags.push(flag)
      }
      for (const { archived, ...row } of read.segments) {
        if (archived) change.removedSegments.push({ key: row.key, revision: row.revision })
        else takeSegment(environmentId, row, read, known, change)
      }
      return change
    },
    problem() {
      if (spoilt.size === 0) return undefined
      return `${spoilt.size === 1 ? 'one flag or segment' : `${spoilt.size} flags or segments`} cannot be read, the log names them; their last good state is served`
    },
  }
}
