import { VERSION } from '../version.ts'
import { askService, type PageService } from './ask-service.ts'
import type { EvaluatedFlag } from './evaluated-flags.ts'

/** A page that is being left may send 64 kB. */
const ROWS_PER_BATCH = 200

/** Counts what a page uses and tracks, and reports the sums. A batch is sent once: what is lost on the way stays lost. */
export interface Uses {
  count(flag: string, answer: EvaluatedFlag): void
  track(metric: string, value?: number): void
  /** Settles when what is waiting has been sent, or could not be. Never rejects. */
  flush(): Promise<void>
}

export function createUses(service: PageService): Uses {
  const counts = new Map<EvaluatedFlag, { flag: string; variant: string; allocation: number; count: number }>()
  const sums = new Map<string, { metric: string; count: number; sum: number; zeros: number; bins: [] }>()
  let since = performance.now()
  return {
    count(flag, answer) {
      const { variant, allocation } = answer
      const row = counts.get(answer) ?? { flag, variant, allocation, count: 0 }
      row.count++
      counts.set(answer, row)
    },
    track(metric, value = 1) {
      const row = sums.get(metric) ?? { metric, count: 0, sum: 0, zeros: 0, bins: [] }
      row.count++
      row.sum += value
      sums.set(metric, row)
    },
    async flush() {
      const rows = [...counts.values()]
      const metrics = [...sums.values()]
      counts.clear()
      sums.clear()
      const spanMs = (performance.now() - since) | 0
      since = performance.now()
      while (rows.length + metrics.length > 0) {
        const sdk = { name: 'rampart-browser', version: VERSION }
        const exposures = rows.splice(0, ROWS_PER_BATCH)
        // Nobody tells the batches of pages apart: they are not repeated.
        const batch = { instance: 'page', seq: 1, sdk, spanMs, exposures, metrics: metrics.splice(0) }
        // `keepalive` outlives the page, as a beacon does, and takes headers, as a beacon does not.
        await askService(service, '/sdk/v1/telemetry', { body: JSON.stringify(batch), keepalive: true }).catch(
          () => undefined,
        )
      }
    },
  }
}
