// What SDKs report: exposures, metrics, attributes, and who is connected.

export interface Marker {
  at: string
  kind: 'deploy' | 'change' | 'kill' | 'restore'
  label: string
  by: string | null
  reason: string | null
  flag: string | null
  environment: string | null
  url: string | null
  auditId: string | number | null
}

export interface Exposures {
  from: string
  to: string
  stepMs: number
  series: { variant: string; counts: number[] }[]
  total: number
  markers: Marker[]
}

/** One arm of a metric, a number per step; null where nothing was tracked. */
export interface MetricArm {
  count: number[]
  mean: (number | null)[]
  p50: (number | null)[]
  p95: (number | null)[]
  p99: (number | null)[]
}

export interface FlagMetrics {
  from: string
  to: string
  stepMs: number
  evaluations: { exposed: number[]; notExposed: number[] }
  metrics: {
    metric: string
    /** Values of 0 and 1, none at all, or any number. */
    kind: 'share' | 'occurrence' | 'number'
    exposed: MetricArm
    notExposed: MetricArm
  }[]
}

export interface Attribute {
  name: string
  type: 'text' | 'number' | 'boolean' | 'list' | 'date'
}

export interface Sdk {
  instance: string
  name: string
  sdk: string
  version: string
  language: string
  state: 'live' | 'behind' | 'lost' | 'polling'
  revision: number | null
  reportedAt: string | null
  /** How many revisions it lacks, when it lags. */
  lacks: number
  connectedAt: string | null
  lostAt: string | null
  replica: string
}

export interface Sdks {
  revision: number
  sdks: Sdk[]
  counts: {
    live: number
    behind: number
    lost: number
    polling: number
    pages: number
    ofrep: number
    anonymous: number
  }
  more: number
  replicas: { name: string; seenAt: string; revision: number | null; isSilent: boolean }[]
}

export interface DayExposures {
  total: number
  exposed: number
  /** `exposed` by the hour: twenty-four numbers, oldest first. */
  points: number[]
}

export interface EnvironmentExposures {
  stepMs: number
  from: string
  flags: Record<string, DayExposures>
}
