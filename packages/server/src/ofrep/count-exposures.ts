import { randomUUID } from 'node:crypto'
import type { Evaluation } from '@rampart/evaluation'
import type { Logger } from 'pino'
import type { Ingest } from '../telemetry/ingest.ts'
import type { TelemetryBatch } from '../telemetry/telemetry.schemas.ts'

const FLUSH_MS = 10_000

/** Exposures of clients that evaluate here and cannot count for themselves. Summed, then sent the way SDKs send theirs. */
export interface OfrepExposures {
  count(environmentId: string, flag: string, evaluation: Evaluation): void
  /** Sends what waits. */
  close(): Promise<void>
}

interface Pending {
  counts: Map<string, TelemetryBatch['exposures'][number]>
  seq: number
  /** Sent and not yet acknowledged: the same bytes until it is. */
  frozen: TelemetryBatch | undefined
  since: number
}

export function createOfrepExposures(ingest: Ingest, log: Logger): OfrepExposures {
  const instance = `ofrep-${randomUUID()}`
  const environments = new Map<string, Pending>()
  const timer = setInterval(() => void flush(), FLUSH_MS)
  timer.unref()

  async function flush(): Promise<void> {
    for (const [environmentId, pending] of environments) {
      try {
        pending.frozen ??= freeze(pending)
        if (!pending.frozen) continue
        await ingest.count(environmentId, pending.frozen, performance.now() - pending.since)
        pending.frozen = undefined
      } catch (error) {
        log.warn({ err: error }, 'exposures of OFREP clients could not be written; trying again')
      }
    }
  }

  function freeze(pending: Pending): TelemetryBatch | undefined {
    if (pending.counts.size === 0) return undefined
    const exposures = [...pending.counts.values()]
    pending.counts.clear()
    pending.seq++
    pending.since = performance.now()
    return { instance, seq: pending.seq, sdk: { name: 'ofrep', version: '0.3' }, spanMs: FLUSH_MS, exposures }
  }

  return {
    count(environmentId, flag, { variant, allocation }) {
      if (variant === undefined || allocation === undefined) return
      let pending = environments.get(environmentId)
      if (!pending) {
        pending = { counts: new Map(), seq: 0, frozen: undefined, since: 0 }
        environments.set(environmentId, pending)
      }
      // As many entries as there are variants in use: nothing that a caller sends makes it grow.
      const id = JSON.stringify([flag, variant, allocation])
      const counted = pending.counts.get(id)
      if (counted) counted.count++
      else pending.counts.set(id, { flag, variant, allocation, count: 1 })
    },
    async close() {
      clearInterval(timer)
      await flush()
    },
  }
}
