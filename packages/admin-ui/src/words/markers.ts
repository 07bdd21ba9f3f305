import type { Marker } from '../contract.ts'
import { shortSentence } from './changes.ts'

/** "Grace killed it: “errors”", "deploy web 9a01": who, what and why of a vertical line. */
export function markerWords({ kind, label, by, reason, flag, environment }: Marker): string {
  const what = kind === 'deploy' ? `deploy ${label}` : shortSentence(label || kind, flag, environment)
  return `${by ? `${by}${kind === 'deploy' ? ':' : ''} ` : ''}${what}${reason ? `: “${reason}”` : ''}`
}

/** "5 → 25 %", "kill", "web 9a01": under a line there is room for a few letters. */
export function markerLabel({ kind, label, flag, environment }: Marker): string {
  if (kind === 'kill' || kind === 'restore') return kind
  const shares = /([\d.]+) % to ([\d.]+ %)/.exec(label)
  if (shares) return `${shares[1]} → ${shares[2]}`
  const words = kind === 'deploy' ? label : shortSentence(label, flag, environment)
  return words.length > 22 ? `${words.slice(0, 20)}…` : words
}
