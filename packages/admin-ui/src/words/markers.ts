import type { Marker } from '../contract.ts'

/** "kill by Grace, “errors”", "deploy web 9a01": who, what and why of a vertical line. */
export function markerWords({ kind, label, by, reason }: Marker): string {
  const what = kind === 'deploy' ? `deploy ${label}` : label || kind
  return `${what}${by ? ` by ${by}` : ''}${reason ? `, “${reason}”` : ''}`
}
