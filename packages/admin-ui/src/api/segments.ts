import type { Segment, SegmentEdit, SegmentSummary } from '../contract.ts'
import { path, send } from './client.ts'

/** The segments in use, with the sizes of their lists. */
export async function listSegments(project: string, signal: AbortSignal): Promise<SegmentSummary[]> {
  const { segments } = await send<{ segments: SegmentSummary[] }>('GET', path('projects', project, 'segments'), {
    signal,
  })
  return segments
}

/** A segment whole, with what names it. */
export function getSegment(project: string, segment: string, signal: AbortSignal): Promise<Segment> {
  return send('GET', path('projects', project, 'segments', segment), { signal })
}

/** A segment in which nobody is yet. */
export function createSegment(project: string, segment: { key: string; name: string }): Promise<Segment> {
  return send('POST', path('projects', project, 'segments'), { body: segment })
}

/** Saves part of a segment if it is still at `version`. */
export function saveSegment(
  project: string,
  segment: string,
  version: number,
  edit: Partial<SegmentEdit>,
  reason: string,
): Promise<Segment> {
  const body = { ...edit, ...(reason ? { reason } : {}) }
  return send('PATCH', path('projects', project, 'segments', segment), { version, body })
}

/** Adds and removes included ids; nobody else's adding is undone. */
export function changeSegmentKeys(
  project: string,
  segment: string,
  change: { add: string[]; remove: string[] },
  reason: string,
): Promise<unknown> {
  const body = { ...change, ...(reason ? { reason } : {}) }
  return send('POST', path('projects', project, 'segments', segment, 'keys'), { body })
}

/** Takes a segment out of service; refused while a rule names it. */
export function archiveSegment(project: string, segment: string, reason: string): Promise<unknown> {
  return send('POST', path('projects', project, 'segments', segment, 'archive'), { body: reason ? { reason } : {} })
}
