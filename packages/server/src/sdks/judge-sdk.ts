import type { ReplicaEnvironment } from '../db/schema/index.ts'

/** An SDK that has not taken a revision within this time lags. */
const PATIENCE_MS = 5_000

/** One process of an application, as a person looks for it. */
export interface Sdk {
  instance: string
  /** What it calls itself; may be empty. */
  name: string
  /** `rampart-node` */
  sdk: string
  version: string
  language: string
  /** behind: it serves an older revision than it was sent. lost: its stream ended and it did not come back. polling: it reports, without a stream. */
  state: 'live' | 'behind' | 'lost' | 'polling'
  /** What it served when it last said so; null when it never did, for it counts nothing. */
  revision: number | null
  reportedAt: string | null
  /** How many revisions it lacks, when it lags. */
  lacks: number
  connectedAt: string | null
  lostAt: string | null
  /** The replica that holds, or held, its stream. */
  replica: string
}

interface Stream {
  instance: string
  name: string
  sdk: string
  connectedAt: Date
  lostAt: Date | null
  replica: string
}

interface Report {
  instance: string
  sdk: string
  epoch: string | null
  revision: number | null
  updatedAt: Date
}

/**
 * What to say of an SDK: by its stream, by what it says itself, and by what it could have known at that time. Pure.
 * @param served what the replica serves that is furthest
 */
export function judgeSdk(
  stream: Stream | undefined,
  report: Report | undefined,
  served: ReplicaEnvironment | undefined,
  epoch: string,
): Sdk {
  const label = stream?.sdk || report?.sdk || ''
  const [sdk = '', version = ''] = label.split('/')
  // A report of before this stream, or of an epoch that is over, tells nothing about now.
  const isNews = report !== undefined && (stream === undefined || report.updatedAt >= stream.connectedAt)
  const revision = isNews && report.revision !== null ? report.revision : null
  const lacks = revision === null ? 0 : lackOf(revision, report as Report, served, epoch)
  const lostAt = stream?.lostAt?.toISOString() ?? null
  return {
    instance: stream?.instance ?? report?.instance ?? '',
    name: stream?.name ?? '',
    sdk,
    version,
    language: languageOf(sdk),
    state: lostAt !== null ? 'lost' : lacks > 0 ? 'behind' : stream === undefined ? 'polling' : 'live',
    revision,
    reportedAt: isNews ? report.updatedAt.toISOString() : null,
    lacks,
    connectedAt: stream?.connectedAt.toISOString() ?? null,
    lostAt,
    replica: stream?.replica ?? '',
  }
}

function lackOf(revision: number, report: Report, served: ReplicaEnvironment | undefined, epoch: string): number {
  if (served === undefined || served.epoch !== epoch) return 0
  const due = report.updatedAt.getTime() - PATIENCE_MS
  const expected = served.revisions.find(([, sinceMs]) => sinceMs <= due)?.[0] ?? 0
  if (report.epoch !== null && report.epoch < epoch) return expected
  return Math.max(0, expected - revision)
}

const LANGUAGES: Readonly<Record<string, string>> = {
  node: 'JavaScript',
  edge: 'JavaScript',
  browser: 'JavaScript',
  python: 'Python',
  go: 'Go',
  java: 'Java',
  dotnet: 'C#',
  php: 'PHP',
  ruby: 'Ruby',
  rust: 'Rust',
}

/** By the name that SDKs give themselves: `rampart-python`. */
function languageOf(sdk: string): string {
  const kind = sdk.replace(/^rampart-/, '')
  return LANGUAGES[kind] ?? kind
}
