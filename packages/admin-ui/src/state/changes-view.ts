// What the Changes page shows, as its address says it: a link to it carries the time and the filters.

export const SPANS = {
  '1h': ['last hour', 3_600_000],
  '24h': ['24 h', 86_400_000],
  '7d': ['7 d', 7 * 86_400_000],
} as const
export type Span = keyof typeof SPANS

export interface ChangesView {
  /** A time up to now; null when `from` and `to` name another one. */
  span: Span | null
  from: string
  to: string
  /** All environments, and not only the one on screen. */
  everywhere: boolean
  kind: string
  person: string
  service: string
  source: string
}

const TEXTS = ['kind', 'person', 'service', 'source'] as const

/** Reads an address; what it does not say is the last hour, unfiltered. */
export function readView(search: string): ChangesView {
  const query = new URLSearchParams(search)
  const text = (name: string) => query.get(name) ?? ''
  const [from, to] = [text('from'), text('to')]
  const named = Number.isFinite(Date.parse(from)) && Number.isFinite(Date.parse(to)) && from < to
  const span = Object.keys(SPANS).find((known) => known === text('window')) as Span | undefined
  return {
    span: named ? null : (span ?? '1h'),
    from: named ? from : '',
    to: named ? to : '',
    everywhere: text('in') === 'all',
    kind: text('kind'),
    person: text('person'),
    service: text('service'),
    source: text('source'),
  }
}

/** The other way round, with the question mark; the plain view has the plain address. */
export function writeView(view: ChangesView): string {
  const query = new URLSearchParams()
  if (view.span === null) {
    query.set('from', view.from)
    query.set('to', view.to)
  } else if (view.span !== '1h') query.set('window', view.span)
  if (view.everywhere) query.set('in', 'all')
  for (const name of TEXTS) if (view[name]) query.set(name, view[name])
  return query.size > 0 ? `?${query}` : ''
}

/** From when to when (ms since 1970). */
export function spanOfView({ span, from, to }: ChangesView, now: number): { from: number; to: number } {
  if (span === null) return { from: Date.parse(from), to: Date.parse(to) }
  return { from: now - SPANS[span][1], to: now }
}
