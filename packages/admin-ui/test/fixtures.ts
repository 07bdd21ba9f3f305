// A small shop's flags, shaped as docs/http-api.md says: what the pages are tested and drawn with.
import type {
  AuditEntry,
  ChangeRequest,
  Configuration,
  EnvironmentExposures,
  EnvironmentSummary,
  Exposures,
  Flag,
  FlagSummary,
  KillReceipt,
  Marker,
  Project,
  Segment,
  Timeline,
  TimelineItem,
  UndoAction,
  VersionComparison,
  Versions,
  StaleFlag,
  FlagMetrics,
  Sdk,
  Sdks,
} from '../src/contract.ts'

export const NOW = Date.parse('2026-11-22T14:32:00Z')

const ago = (minutes: number, now: number) => new Date(now - minutes * 60_000).toISOString()

export const PROJECT: Project = {
  key: 'shop',
  name: 'Shop',
  environments: [
    {
      key: 'development',
      name: 'Development',
      production: false,
      position: 0,
      revision: 40,
      reasonRequired: false,
      approvalRequired: false,
    },
    {
      key: 'staging',
      name: 'Staging',
      production: false,
      position: 1,
      revision: 41,
      reasonRequired: false,
      approvalRequired: false,
    },
    {
      key: 'production',
      name: 'Production',
      production: true,
      position: 2,
      revision: 812,
      reasonRequired: false,
      approvalRequired: false,
    },
  ],
}

export function configuration(part: Partial<Configuration> = {}): Configuration {
  return {
    on: true,
    offVariant: 'off',
    prerequisites: [],
    targets: [{ variant: 'on', keys: ['ada', 'grace', 'lin'] }],
    rules: [
      {
        id: 'rule-1',
        conditions: [
          { op: 'in', attribute: 'country', values: ['DE', 'AT', 'CH'] },
          { op: 'in', attribute: 'plan', values: ['free'], negate: true },
        ],
        serve: { rollout: { weight: 50_000, split: [{ variant: 'on', weight: 100_000 }], otherwise: 'next' } },
      },
    ],
    defaultServe: { rollout: { weight: 25_000, split: [{ variant: 'on', weight: 100_000 }] } },
    version: 7,
    allocation: 4,
    revision: 812,
    updatedAt: ago(30, NOW),
    updatedBy: 'Ada',
    state: 'ramping',
    share: 25_000,
    kill: { killed: false, at: null, by: null, reason: null, revision: 0 },
    ramp: null,
    ...part,
  }
}

/** Nobody targeted, no rules: the plain case. */
export function plainConfiguration(weight: number, part: Partial<Configuration> = {}): Configuration {
  return configuration({
    targets: [],
    rules: [],
    defaultServe: { rollout: { weight, split: [{ variant: 'on', weight: 100_000 }] } },
    share: weight,
    ...part,
  })
}

export function flag(part: Partial<Flag> = {}): Flag {
  return {
    key: 'new-checkout',
    type: 'boolean',
    variants: [
      { name: 'on', value: true },
      { name: 'off', value: false },
    ],
    name: 'One-page checkout',
    description: 'The whole checkout on one page.',
    owner: 'Ada',
    tags: ['checkout', 'web'],
    kind: 'release',
    lifetimeDays: null,
    expectedDays: 40,
    clientVisible: false,
    salt: 'new-checkout',
    createdAt: ago(12 * 24 * 60, NOW),
    updatedAt: ago(30, NOW),
    archivedAt: null,
    environments: {
      development: plainConfiguration(100_000, { state: 'on' }),
      staging: plainConfiguration(50_000),
      production: configuration(),
    },
    ...part,
  }
}

function summary(state: EnvironmentSummary['state'], share: number, part: Partial<EnvironmentSummary> = {}) {
  return {
    state,
    share,
    on: state !== 'off',
    ramp: null,
    killed: state === 'killed',
    killedBy: null,
    killedReason: null,
    killedAt: null,
    version: 3,
    updatedAt: ago(600, NOW),
    ...part,
  }
}

function listed(
  key: string,
  name: string,
  production: EnvironmentSummary,
  change: [by: string, sentence: string, minutesAgo: number],
  now: number,
): FlagSummary {
  return {
    key,
    type: 'boolean',
    name,
    description: '',
    owner: change[0],
    tags: key.includes('checkout') ? ['checkout'] : [],
    kind: 'release',
    lifetimeDays: null,
    expectedDays: 40,
    clientVisible: false,
    createdAt: ago(90 * 24 * 60, now),
    archivedAt: null,
    lastChange: { at: ago(change[2], now), by: change[0], sentence: change[1], environment: 'production' },
    environments: { development: summary('on', 100_000), staging: summary('ramping', 50_000), production },
  }
}

/** The list of the drawings. */
export function flagSummaries(now = NOW): FlagSummary[] {
  const killed = { killedBy: 'Grace', killedReason: 'error rate on /search', killedAt: ago(51, now) }
  const old = ago(41 * 24 * 60, now)
  return [
    listed(
      'new-checkout',
      'One-page checkout',
      summary('ramping', 25_000),
      ['Ada', 'ramped new-checkout in production from 10 % to 25 %', 30],
      now,
    ),
    listed(
      'search-v2',
      'Vector search behind the box',
      summary('killed', 0, killed),
      ['Grace', 'killed search-v2 in production', 51],
      now,
    ),
    listed(
      'ranking.dark-read',
      'Run the new ranking, serve the old',
      summary('dark', 0),
      ['Lin', 'turned on ranking.dark-read in production', 192],
      now,
    ),
    listed(
      'pay-with-wallet',
      'Wallet on the payment step',
      summary('held', 5_000),
      ['Ada', 'ramped pay-with-wallet in production from 1 % to 5 %', 214],
      now,
    ),
    listed(
      'promo-banner',
      'Autumn banner',
      summary('on', 100_000, { updatedAt: old }),
      ['Lin', 'ramped promo-banner in production from 50 % to 100 %', 41 * 24 * 60],
      now,
    ),
    listed(
      'eu-tax-lines',
      'Tax shown per line in the EU',
      summary('ramping', 50),
      ['Ada', 'turned on eu-tax-lines in production and ramped it from 0 % to 0.05 %', 1500],
      now,
    ),
    listed(
      'image-cdn-fallback',
      'Ops switch for image origin',
      summary('off', 0),
      ['Lin', 'created the boolean flag image-cdn-fallback, off everywhere', 27_000],
      now,
    ),
  ]
}

export function manyFlags(count: number): FlagSummary[] {
  const patterns = flagSummaries()
  return Array.from({ length: count }, (_, index) => {
    const pattern = patterns[index % patterns.length] as FlagSummary
    return { ...pattern, key: `flag-${String(index).padStart(5, '0')}` }
  })
}

/** A wave without chance in it, so that pictures can be compared. */
const wave = (index: number) => 1 + 0.12 * Math.sin(index / 9) + 0.05 * Math.sin(index * 2.3)

export function environmentExposures(now = NOW): EnvironmentExposures {
  const flags = Object.fromEntries(
    flagSummaries(now).map(({ key, environments }, place) => {
      const here = environments['production']
      const scale = [520, 0, 130, 84, 46_000, 17, 0][place] ?? 10
      const points = Array.from({ length: 24 }, (_, hour) => {
        const stepped = key === 'new-checkout' && hour < 14 ? 0.4 : 1
        const before = here?.state === 'killed' && hour < 21 ? 300 : scale
        return Math.round(before * stepped * wave(hour + place * 5))
      })
      const exposed = points.reduce((sum, count) => sum + count, 0)
      return [key, { total: exposed * 4, exposed, points }]
    }),
  )
  return { stepMs: 3_600_000, from: ago(24 * 60, now), flags }
}

export function exposures(fromMs: number, toMs: number): Exposures {
  const steps = 144
  const stepMs = Math.round((toMs - fromMs) / steps)
  const at = (part: number) => new Date(fromMs + part * (toMs - fromMs)).toISOString()
  const share = (index: number) => (index < 49 ? 0.01 : index < 88 ? 0.05 : index < 118 ? 0.1 : 0.25)
  const on = Array.from({ length: steps }, (_, index) => Math.round(410 * share(index) * wave(index)))
  const off = on.map((count, index) => Math.round((count / share(index)) * (1 - share(index))))
  const total = [...on, ...off].reduce((sum, count) => sum + count, 0)
  const markers: Marker[] = [
    marker('deploy', at(0.13), 'web 4f2c'),
    marker('change', at(0.34), 'ramped new-checkout in production from 1 % to 5 %'),
    marker('deploy', at(0.52), 'web 9a01'),
    marker('change', at(0.61), 'ramped new-checkout in production from 5 % to 10 %'),
    marker('change', at(0.82), 'ramped new-checkout in production from 10 % to 25 %'),
  ]
  return {
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    stepMs,
    series: [
      { variant: 'on', counts: on },
      { variant: 'off', counts: off },
    ],
    total,
    markers,
  }
}

/** Errors alike in both arms, the exposed a little slower, and purchases that are only counted. */
export function flagMetrics(fromMs: number, toMs: number): FlagMetrics {
  const { series, from, to, stepMs } = exposures(fromMs, toMs)
  const [on, off] = [series[0]?.counts ?? [], series[1]?.counts ?? []]
  const arm = (count: number[], value: (step: number) => number | null, factor = 1) => {
    const values = (share: number) =>
      count.map((_, step) => {
        const at = value(step)
        return at === null ? null : at * share
      })
    return { count, mean: values(factor), p50: values(factor), p95: values(factor * 3), p99: values(factor * 5) }
  }
  const errors = (step: number) => 0.0042 * wave(step * 3)
  const ms = (step: number) => 104 * wave(step * 2)
  const none = () => null
  return {
    from,
    to,
    stepMs,
    evaluations: { exposed: on, notExposed: off },
    metrics: [
      { metric: 'http.duration', kind: 'number', exposed: arm(on, ms, 1.04), notExposed: arm(off, ms) },
      { metric: 'http.error', kind: 'share', exposed: arm(on, errors, 0.97), notExposed: arm(off, errors) },
      {
        metric: 'purchase',
        kind: 'occurrence',
        exposed: arm(
          on.map((count) => Math.round(count * 0.05)),
          none,
        ),
        notExposed: arm(
          off.map((count) => Math.round(count * 0.05)),
          none,
        ),
      },
    ],
  }
}

const sdk = (name: string, minutes: number, part: Partial<Sdk> = {}, now = NOW): Sdk => ({
  instance: `${name}-8d3f-4e1a-9b7c`,
  name,
  sdk: 'rampart-node',
  version: '0.1.0',
  language: 'JavaScript',
  state: 'live',
  revision: 813,
  reportedAt: ago(0.1, now),
  lacks: 0,
  connectedAt: ago(minutes, now),
  lostAt: null,
  replica: 'flags-0-1a2b',
  ...part,
})

export function sdks(now = NOW): Sdks {
  return {
    revision: 813,
    sdks: [
      sdk('shop-7', 190, { state: 'lost', lostAt: ago(0.7, now), revision: 812 }, now),
      sdk('billing-2', 60, { state: 'behind', lacks: 2, revision: 811, replica: 'flags-1-77f0' }, now),
      sdk('', 0, { state: 'polling', connectedAt: null, replica: '' }, now),
      sdk('shop-1', 41 * 60, {}, now),
      sdk('shop-2', 41 * 60, { replica: 'flags-1-77f0' }, now),
      sdk('pricing', 3, { sdk: 'rampart-python', language: 'Python', version: '2.1.0', revision: null }, now),
    ],
    counts: { live: 3, behind: 1, lost: 1, polling: 1, pages: 1204, ofrep: 3, anonymous: 0 },
    more: 0,
    replicas: [
      { name: 'flags-0-1a2b', seenAt: ago(0.05, now), revision: 813, isSilent: false },
      { name: 'flags-1-77f0', seenAt: ago(0.05, now), revision: 813, isSilent: false },
    ],
  }
}

function marker(kind: Marker['kind'], at: string, label: string): Marker {
  const by = kind === 'deploy' ? null : 'Ada'
  return {
    at,
    kind,
    label,
    by,
    reason: null,
    flag: 'new-checkout',
    environment: 'production',
    url: null,
    auditId: null,
  }
}

export function history(now = NOW): AuditEntry[] {
  const entry = (
    id: number,
    minutes: number,
    name: string,
    sentence: string,
    from: number,
    to: number,
  ): AuditEntry => ({
    id,
    at: ago(minutes, now),
    actor: { kind: 'token', id: name, name },
    via: 'ui',
    action: 'configuration.changed',
    sentence,
    reason: null,
    environment: 'production',
    flag: 'new-checkout',
    version: id,
    revision: 800 + id,
    before: { defaultServe: { rollout: { weight: from } } },
    after: { defaultServe: { rollout: { weight: to } } },
  })
  return [
    entry(7, 30, 'Ada', 'ramped new-checkout in production from 10 % to 25 %', 10_000, 25_000),
    entry(6, 122, 'Ada', 'ramped new-checkout in production from 5 % to 10 %', 5_000, 10_000),
    {
      ...entry(5, 190, 'Grace', 'restored new-checkout in production', 0, 0),
      before: null,
      after: null,
      action: 'flag.restored',
    },
    {
      ...entry(4, 192, 'Grace', 'killed new-checkout in production', 0, 0),
      before: { killed: false },
      after: { killed: true },
      action: 'flag.killed',
      reason: 'payments failing',
    },
    entry(3, 232, 'Ada', 'ramped new-checkout in production from 1 % to 5 %', 1_000, 5_000),
  ]
}

export function receipt(part: Partial<KillReceipt> = {}): KillReceipt {
  return {
    killed: true,
    at: new Date(NOW).toISOString(),
    by: 'Grace',
    reason: 'payments failing',
    revision: 813,
    changed: true,
    delivery: { streams: 12, sent: 12, sentMs: 41, confirmed: 0, confirmedMs: null, lagging: [], unconfirmable: 0 },
    ...part,
  }
}

export function staleFlags(now = NOW): StaleFlag[] {
  const sentence =
    'Everybody has gotten on for 41 days: delete the old path and the check from the code, then archive it.'
  return [
    { flag: 'promo-banner', reason: 'decided', since: ago(41 * 24 * 60, now), sentence, lastEvaluatedAt: ago(1, now) },
  ]
}

export function segment(part: Partial<Segment> = {}): Segment {
  return {
    key: 'employees',
    name: 'Employees',
    description: 'Everybody with a badge.',
    version: 3,
    createdAt: ago(600, NOW),
    updatedAt: ago(60, NOW),
    updatedBy: 'Ada',
    archivedAt: null,
    included: ['ada', 'grace'],
    excluded: ['lin'],
    rules: [[{ op: 'endsWith', attribute: 'email', values: ['@shop.test'] }]],
    usedBy: { flags: [{ flag: 'new-checkout', environments: ['staging', 'production'] }], segments: [] },
    ...part,
  }
}

function timelineItem(minutes: number, by: string, sentence: string, part: Partial<TimelineItem>): TimelineItem {
  return {
    id: `entry-${minutes}`,
    at: ago(minutes, Date.now()),
    kind: 'change',
    action: 'configuration.edit',
    sentence,
    by,
    source: 'ui',
    reason: null,
    approvedBy: null,
    flag: null,
    environment: 'production',
    service: null,
    url: null,
    version: null,
    revision: 812,
    delivery: null,
    undo: null,
    ...part,
  }
}

export function undoAction(part: Partial<UndoAction> = {}): UndoAction {
  return {
    label: 'Back to 10 %',
    will: 'ramp new-checkout in production from 25 % to 10 %',
    method: 'POST',
    path: '/api/v1/projects/shop/flags/new-checkout/environments/production/versions/6/restore',
    ifMatch: '"v7"',
    body: {},
    needsReason: false,
    needsApproval: false,
    ...part,
  }
}

/** A night in the shop: a kill, a ramp, a deploy, and an edit that was followed by another. */
export function timeline(part: Partial<Timeline> = {}): Timeline {
  const restore = undoAction({
    label: 'Restore',
    will: 'restore search-v2 in production',
    path: '/api/v1/projects/shop/flags/search-v2/environments/production/restore',
    ifMatch: null,
  })
  return {
    from: ago(60, Date.now()),
    to: new Date().toISOString(),
    items: [
      timelineItem(4, 'Grace', 'killed search-v2 in production', {
        kind: 'kill',
        action: 'flag.kill',
        flag: 'search-v2',
        reason: 'error rate on /search',
        delivery: { streams: 10_000, confirmed: 9_998 },
        undo: { state: 'possible', action: restore },
      }),
      timelineItem(12, 'Ada', 'ramped new-checkout in production from 10 % to 25 %', {
        flag: 'new-checkout',
        version: 7,
        approvedBy: 'Lin',
        undo: { state: 'possible', action: undoAction() },
      }),
      timelineItem(20, 'Lin', 'deployed web 9a01', {
        kind: 'deploy',
        action: 'deploy',
        source: 'api',
        service: 'web',
        url: 'https://ci.example/9a01',
      }),
      timelineItem(31, 'Ada', 'ramped new-checkout in production from 5 % to 10 %', {
        flag: 'new-checkout',
        version: 6,
        undo: { state: 'superseded', action: null },
      }),
    ],
    next: null,
    total: 4,
    people: ['Ada', 'Grace', 'Lin'],
    services: ['billing', 'web'],
    sources: ['api', 'ui'],
    ...part,
  }
}

export function changeRequest(part: Partial<ChangeRequest> = {}): ChangeRequest {
  return {
    id: 'request-1',
    flag: 'new-checkout',
    environment: 'production',
    state: 'open',
    version: 1,
    baseVersion: 7,
    currentVersion: 7,
    outdated: false,
    sentence: 'ramp new-checkout in production from 25 % to 50 %',
    reason: 'numbers are fine',
    requestedBy: 'Ada',
    authors: [{ kind: 'person', id: 'ada', name: 'Ada' }],
    approvedBy: null,
    decidedBy: null,
    decidedAt: null,
    decisionReason: null,
    createdAt: ago(3, Date.now()),
    difference: [{ path: 'defaultServe.rollout.weight', before: 25_000, after: 50_000 }],
    ...part,
  }
}

export function versions(): Versions {
  const facts = (version: number, by: string | null, sentence: string) => ({
    version,
    at: ago((8 - version) * 30, Date.now()),
    by,
    sentence,
    reason: null,
  })
  return {
    versions: [
      facts(7, 'Ada', 'ramped new-checkout in production from 10 % to 25 %'),
      facts(6, 'Ada', 'ramped new-checkout in production from 5 % to 10 %'),
      facts(1, null, 'created with the flag'),
    ],
    current: 7,
    next: null,
  }
}

export function comparison(from: number, to: number): VersionComparison {
  const [left, right] = [from, to].map((version) => versions().versions.find((facts) => facts.version === version))
  if (!left || !right) throw new Error('the shop has versions 7, 6 and 1')
  const weight = (version: number) => ({ 7: 25_000, 6: 10_000, 1: 0 })[version] ?? 0
  return {
    from: left,
    to: right,
    will: `ramp new-checkout in production from ${weight(from) / 1000} % to ${weight(to) / 1000} %`,
    difference: [{ path: 'defaultServe.rollout.weight', before: weight(from), after: weight(to) }],
  }
}
