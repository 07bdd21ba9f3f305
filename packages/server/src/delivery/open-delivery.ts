import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { Logger } from 'pino'
import type { SdkKeyLookup } from '../access/sdk-key-lookup.ts'
import { answeredWithin } from '../answered-within.ts'
import type { Store } from '../db/store.ts'
import { type ConnectedSdks, createConnectedSdks, forgetOldStreams } from '../sdks/connected-sdks.ts'
import { createIngest, type Ingest } from '../telemetry/ingest.ts'
import { startTelemetryJobs, type TelemetryJobs } from '../telemetry/telemetry-jobs.ts'
import { countKillDelivery, forgetOldDeliveries, type KillDelivery } from './kill-deliveries.ts'
import { createDeliveryMetrics, type DeliveryMetrics } from './metrics.ts'
import { type Publisher, type PublisherOptions, startPublisher } from './publisher.ts'
import { createReceipts, type Receipts } from './receipts.ts'
import { forgetOldReplicas, leave, listSilent, type SilentReplica } from './replica-beats.ts'
import type { Copied, ReplicaCopy } from './replica-copy.ts'
import { readProcessLimits, streamCapOf } from './stream-cap.ts'

const CLEANING_MS = 60 * 60_000
const CLOSING_MS = 2000

/** Everything between the database and the SDKs, in both directions. */
export interface Delivery {
  publisher: Publisher
  receipts: Receipts
  ingest: Ingest
  telemetryJobs: TelemetryJobs
  connectedSdks: ConnectedSdks
  metrics: DeliveryMetrics
  /** How the kill (or restore) of that revision reached the SDKs so far, over all replicas. */
  killDelivery(environmentId: string, revision: number): Promise<KillDelivery & { silent: SilentReplica[] }>
  /** What is wrong now, in words; empty when nothing is. */
  problems(): string[]
  /** Sends streams away. Call it when the server stops accepting, before its connections are closed. */
  sayGoodbye(): void
  /** Writes what waits. Call it before the store closes. */
  close(): Promise<void>
}

/**
 * Loads every environment, or takes what this replica copied, and starts to follow the database. Rejects when there is
 * neither.
 */
export async function openDelivery(
  store: Store,
  sdkKeys: SdkKeyLookup,
  log: Logger,
  options: PublisherOptions = {},
  own: { copy?: ReplicaCopy | undefined; copied?: Copied | undefined } = {},
): Promise<Delivery> {
  const { db } = store
  const id = randomUUID()
  const replica = { id, name: `${hostname()}-${id.slice(0, 4)}` }
  const metrics = createDeliveryMetrics()
  const receipts = createReceipts({
    db,
    log,
    metrics,
    replica: replica.id,
    findKill: (environmentId, flag, revision) => publisher.feed(environmentId)?.sentKill(flag, revision),
  })
  const connectedSdks = createConnectedSdks({ db, log, replica, feeds: () => publisher.feeds() })
  const publisher = await startPublisher({
    store,
    replica,
    sdkKeys,
    log,
    metrics,
    kills: receipts,
    streams: connectedSdks,
    ...own,
    options: { streamCap: streamCapOf(readProcessLimits()), ...options },
  })
  metrics.countStreams(() => publisher.streamCount())
  const ingest = createIngest({
    db,
    log,
    metrics,
    stateOf: (environmentId) => publisher.feed(environmentId)?.state,
  })
  const telemetryJobs = startTelemetryJobs(db, log)
  metrics.countQueues(() => ({
    receipts: receipts.waiting(),
    telemetry: ingest.waiting(),
    events: publisher.waiting(),
  }))
  const problems = () => [...publisher.problems(), ingest.problem()].filter((problem) => problem !== undefined)
  metrics.countProblems(() => problems().length)
  const cleaning = setInterval(() => {
    Promise.all([forgetOldDeliveries(db), forgetOldReplicas(db), forgetOldStreams(db)]).catch((error: unknown) => {
      log.warn({ err: error }, 'old kill deliveries could not be deleted; trying again in an hour')
    })
  }, CLEANING_MS)
  cleaning.unref()
  return {
    publisher,
    receipts,
    ingest,
    telemetryJobs,
    connectedSdks,
    metrics,
    async killDelivery(environmentId, revision) {
      const [counts, silent] = await Promise.all([
        countKillDelivery(db, environmentId, revision),
        listSilent(db, environmentId, revision),
      ])
      return { ...counts, silent }
    },
    problems,
    sayGoodbye: () => publisher.sayGoodbye(),
    async close() {
      clearInterval(cleaning)
      const leaving = publisher
        .close()
        .then(() => connectedSdks.close())
        .then(() => leave(db, id))
      const jobs = [leaving, receipts.close(), ingest.close(), telemetryJobs.close(), own.copy?.close()]
      const closing = Promise.all(jobs)
      // A database that says nothing must not keep a server from stopping. SDKs send again what was not acknowledged.
      await answeredWithin(CLOSING_MS, closing).catch((error: unknown) => {
        log.warn({ err: error }, 'stopping without the last writes')
      })
    },
  }
}
