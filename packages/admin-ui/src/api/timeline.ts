import { path, send } from './client.ts'
import type { LastChange, Timeline, UndoAction } from '../contract.ts'

export interface TimelineFilter {
  /** Ms since 1970. */
  from: number
  to: number
  environment?: string | undefined
  person?: string | undefined
  source?: string | undefined
  service?: string | undefined
  kind?: string | undefined
}

/** What changed between two moments, newest first; `after` is the page's `next`. */
export function readTimeline(
  project: string,
  { from, to, ...filter }: TimelineFilter,
  after: string | null,
  limit: number,
  signal: AbortSignal,
): Promise<Timeline> {
  const query = new URLSearchParams({
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    limit: String(limit),
  })
  for (const [name, value] of Object.entries(filter)) if (value) query.set(name, value)
  if (after !== null) query.set('after', after)
  return send('GET', `${path('projects', project, 'timeline')}?${query}`, { signal })
}

/** One's own last change, while it can be undone; null when there is none. */
export async function lastChange(project: string): Promise<LastChange | null> {
  const { lastChange: last } = await send<{ lastChange: LastChange | null }>('GET', path('projects', project, 'undo'))
  return last
}

/** Sends the request that the service itself wrote down. */
export function undo({ method, path: url, body, ifMatch }: UndoAction, reason: string): Promise<unknown> {
  const version = /^"v(\d+)"$/.exec(ifMatch ?? '')?.[1]
  return send(method, url, {
    body: { ...body, ...(reason ? { reason } : {}) },
    ...(version === undefined ? {} : { version: Number(version) }),
  })
}
