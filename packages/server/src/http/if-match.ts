import { DomainError } from './errors.ts'

/** The version named by `If-Match: "v7"`. Throws PRECONDITION_REQUIRED without it, INVALID_INPUT for anything else. */
export function versionIn(header: string | undefined): number {
  const version = /^"v(\d{1,9})"$/.exec(header?.trim() ?? '')?.[1]
  if (version !== undefined) return Number(version)
  const message = 'Say which version you edited: send its ETag as If-Match, for example If-Match: "v7".'
  if (header === undefined) throw new DomainError('PRECONDITION_REQUIRED', message)
  throw new DomainError('INVALID_INPUT', message, { details: [{ path: 'If-Match', message }] })
}
