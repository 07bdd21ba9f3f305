import { VERSION } from '../version.ts'
import { askService, type PageService } from './ask-service.ts'
import type { EvaluatedFlag } from './evaluated-flags.ts'

/** A page that is being left may send 64 kB. */
const ROWS_PER_BATCH = 200

/** Counts what a page uses, and reports the sums. A batch is sent once: what is lost on the way stays lost. */
export interface Uses {
  count(flag: string, answer: EvaluatedFlag): void
  /** Settles when what is waiting has been sent, or could not be. Never rejects. */
  flush(): Promise<void>
}

export function createUses(service: PageService): Uses {
  const counts = new Map<EvaluatedFlag, { flag: string; variant: string; allocation: number; count: number }>()
  const instance = `page-${Math.random().toString(36).slice(2)}`
  let seq = 0
  let since = performance.now()
  return {
    count(flag, answer) {
      const { variant, allocation } = answer
      const row = counts.get(answer)
      if (row) row.count++
      else counts.set(answer, { flag, variant, allocation, count: 1 })
    },
    async flush() {
      const rows = [...counts.values()]
      counts.clear()
      const spanMs = Math.round(performance.now() - since)
      since = performance.now()
      while (rows.length > 0) {
        const sdk = { name: 'rampart-browser', version: VERSION }
        const body = JSON.stringify({ instance, seq: ++seq, sdk, spanMs, exposures: rows.splice(0, ROWS_PER_BATCH) })
        // `keepalive` outlives the page, as a beacon does, and takes headers, as a beacon does not.
        await askService(service, '/sdk/v1/telemetry', { body, keepalive: true }).catch(() => undefined)
      }
    },
  }
}
