import type { Logger } from 'pino'
import type { EnvironmentChange, EnvironmentState } from './environment-state.ts'
import type { EnvironmentRead, FlagRow } from './read-environment.ts'
import { lastGood, readFlag } from './read-flag.ts'

/** Rows that cannot be served, with the reason: by environment id and flag key. */
export interface Quarantine {
  /** The change that rows stand for. A bad row keeps its last good document, or is left out when there is none. */
  take(environmentId: string, read: EnvironmentRead, known: EnvironmentState | undefined): EnvironmentChange
  /** What is wrong now, for people. */
  problems(): string[]
}

export function createQuarantine(log: Logger): Quarantine {
  const problems = new Map<string, string>()

  function takeFlag(environmentId: string, row: FlagRow, read: EnvironmentRead, known: EnvironmentState | undefined) {
    const id = `${environmentId}/${row.key}`
    const reading = readFlag(row)
    if (reading.flag) {
      problems.delete(id)
      return reading.flag
    }
    const good = known?.flags.get(row.key)
    const served = good ? 'its last good state is served' : 'it is not served'
    problems.set(id, `flag ${row.key} in ${read.environment} cannot be read, ${served}: ${reading.problem}`)
    log.error({ flag: row.key, environment: read.environment, problem: reading.problem }, `flag quarantined: ${served}`)
    return good && lastGood(good, row)
  }

  return {
    take(environmentId, read, known) {
      const change: EnvironmentChange = { to: read.revision, flags: [], removedFlags: [] }
      for (const row of read.rows) {
        if (row.archived) {
          problems.delete(`${environmentId}/${row.key}`)
          change.removedFlags.push({ key: row.key, revision: row.revision })
          continue
        }
        const flag = takeFlag(environmentId, row, read, known)
        if (flag) change.flags.push(flag)
      }
      return change
    },
    problems: () => [...problems.values()],
  }
}
