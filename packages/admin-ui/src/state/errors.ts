import { ApiError } from '../api/client.ts'

/** A failure as a sentence to read aloud. */
export function errorText(error: unknown): string {
  if (error instanceof ApiError) return [error.message, ...detailLines(error.details)].join(' ')
  if (error instanceof DOMException && error.name === 'TimeoutError') return 'The service did not answer within 3 s.'
  return error instanceof Error ? error.message : 'Something unexpected happened.'
}

/** Whether somebody only lacks a right: nothing is broken, and trying again would not help. */
export function isRefused(error: unknown): boolean {
  return error instanceof ApiError && error.status === 403
}

// INVALID_INPUT carries one line per field.
function detailLines(details: unknown): string[] {
  if (!Array.isArray(details)) return []
  return details.flatMap((detail: { path?: unknown; message?: unknown }) =>
    typeof detail.message === 'string' ? [`${String(detail.path ?? '')}: ${detail.message}.`] : [],
  )
}
