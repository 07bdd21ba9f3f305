import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { answeredWithin } from '../answered-within.ts'

export type DeliveryMetrics = ReturnType<typeof createDeliveryMetrics>

/** A scrape must not wait for a database that is away. */
const DATABASE_MS = 1000
/** A replica looks every second: what takes longer is late. */
const LATE_SECONDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300]
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

/** What Prometheus can see of delivery and telemetry, in a registry of its own: tests run several servers. */
export function createDeliveryMetrics() {
  const registry = new Registry()
  const registers = [registry]
  return {
    registry,
    revision: new Gauge({
      name: 'rampart_environment_revision',
      help: 'Revision of the environment that this replica serves.',
      labelNames: ['project', 'environment'],
      registers,
    }),
    /** Streams are counted when somebody looks, not each time one opens. */
    countStreams(count: () => number) {
      const collect = function (this: Gauge) {
        this.set(count())
      }
      return new Gauge({ name: 'rampart_streams', help: 'Open SDK streams.', registers, collect })
    },
    /** What waits in this process; looked at when somebody asks. */
    countQueues(depths: () => Record<string, number>) {
      const collect = function (this: Gauge) {
        for (const [queue, depth] of Object.entries(depths())) this.set({ queue }, depth)
      }
      const help = 'What waits: receipts and telemetry batches for the database, events for sockets.'
      return new Gauge({ name: 'rampart_queue_depth', help, labelNames: ['queue'], registers, collect })
    },
    /** What is wrong by readiness; looked at when somebody asks. */
    countProblems(count: () => number) {
      const collect = function (this: Gauge) {
        this.set(count())
      }
      const help = 'Problems that /health/ready names; 0 while all is well.'
      return new Gauge({ name: 'rampart_problems', help, registers, collect })
    },
    /** Asked of the database when somebody looks; without an answer there is no figure, and the rest is told all the same. */
    countRamps(count: () => Promise<Record<string, number>>) {
      const collect = async function (this: Gauge) {
        this.reset()
        const counts = await answeredWithin(DATABASE_MS, count()).catch(() => ({}))
        for (const [state, ramps] of Object.entries(counts)) this.set({ state }, ramps)
      }
      const help = 'Ramps of the whole installation, by state; every replica tells the same.'
      return new Gauge({ name: 'rampart_ramps', help, labelNames: ['state'], registers, collect })
    },
    rampMoves: new Counter({
      name: 'rampart_ramp_moves_total',
      help: 'What this replica did with ramps that were due: step, hold, complete, failed (held, a person must look) or retry.',
      labelNames: ['outcome'],
      registers,
    }),
    rampLateSeconds: new Histogram({
      name: 'rampart_ramp_late_seconds',
      help: 'Time from when a ramp was due to when this replica took it.',
      buckets: LATE_SECONDS,
      registers,
    }),
    behind: new Gauge({
      name: 'rampart_environment_revisions_behind',
      help: 'How far this replica is behind the database, in revisions, at its last poll.',
      labelNames: ['project', 'environment'],
      registers,
    }),
    databaseUp: new Gauge({
      name: 'rampart_database_up',
      help: '1 while the database answers this replica.',
      registers,
    }),
    databaseSeconds: new Histogram({
      name: 'rampart_database_poll_seconds',
      help: 'Time for the database to answer the poll of revisions.',
      buckets: SECONDS,
      registers,
    }),
    apiSeconds: new Histogram({
      name: 'rampart_api_request_seconds',
      help: 'Requests below /api and of triggers, by what they want and the class of their status.',
      labelNames: ['action', 'outcome'],
      buckets: SECONDS,
      registers,
    }),
    streamsRefused: new Counter({
      name: 'rampart_streams_refused_total',
      help: 'Streams refused because the replica is full, stops, or too many come at once.',
      labelNames: ['why'],
      registers,
    }),
    refreshSeconds: new Histogram({
      name: 'rampart_refresh_seconds',
      help: 'Time to read a change from the database and encode it.',
      buckets: SECONDS,
      registers,
    }),
    fanOutSeconds: new Histogram({
      name: 'rampart_fan_out_seconds',
      help: 'Time to hand one event to every open stream.',
      labelNames: ['event'],
      buckets: SECONDS,
      registers,
    }),
    eventsSent: new Counter({
      name: 'rampart_events_sent_total',
      help: 'Events handed to streams, by event.',
      labelNames: ['event'],
      registers,
    }),
    killsConfirmed: new Counter({
      name: 'rampart_kill_receipts_total',
      help: 'Receipts of SDKs for kills and restores.',
      registers,
    }),
    snapshots: new Counter({
      name: 'rampart_snapshot_requests_total',
      help: 'Snapshots asked for, by what was answered.',
      labelNames: ['answer'],
      registers,
    }),
    telemetryBatches: new Counter({
      name: 'rampart_telemetry_batches_total',
      help: 'Telemetry batches by outcome.',
      labelNames: ['outcome'],
      registers,
    }),
    telemetryCommitSeconds: new Histogram({
      name: 'rampart_telemetry_commit_seconds',
      help: 'Time from the arrival of a telemetry batch to its commit.',
      buckets: SECONDS,
      registers,
    }),
    pollFailures: new Counter({
      name: 'rampart_poll_failures_total',
      help: 'Polls of the database that failed.',
      registers,
    }),
  }
}
