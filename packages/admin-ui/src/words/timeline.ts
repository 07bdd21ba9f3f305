// What happened, for a list that is read at night: who, what, where; then why, and what came of it.
import type { TimelineItem } from '../contract.ts'
import type { Part } from './sentences.ts'
import { formatCount } from './shares.ts'

/** "Grace killed `new-checkout` in production": the flag's key stands out, as it does everywhere. */
export function happened({ by, sentence, flag }: TimelineItem): Part[] {
  const start = `${by} `
  if (flag === null) return [start + sentence]
  const at = sentence.search(new RegExp(`(?<![\\w.-])${escape(flag)}(?![\\w-])`))
  if (at < 0) return [start + sentence]
  return [start + sentence.slice(0, at), { code: flag }, sentence.slice(at + flag.length)]
}

/** "“payments failing” · approved by Lin · confirmed by 9 998 of 10 000 SDKs · by API": empty when there is nothing to add. */
export function circumstances({ reason, approvedBy, delivery, source }: TimelineItem): string {
  const parts = [
    reason ? `“${reason}”` : '',
    approvedBy ? `approved by ${approvedBy}` : '',
    delivery ? `confirmed by ${formatCount(delivery.confirmed)} of ${formatCount(delivery.streams)} SDKs` : '',
    wayInWords(source),
  ]
  return parts.filter(Boolean).join(' · ')
}

/** By which way it came, if not by this console. */
export function wayInWords(source: string): string {
  if (source === 'ui') return ''
  const ways: Record<string, string> = {
    api: 'by API',
    cli: 'by the command line',
    trigger: 'by an alert',
    ramp: 'by its ramp',
    guardrail: 'by a guardrail',
    system: 'by the service',
  }
  return ways[source] ?? `by ${source}`
}

/** What became of its undo, where nothing can be pressed. */
export function undoInWords({ undo, kind }: TimelineItem): string {
  if (undo?.state === 'done') return kind === 'kill' ? 'restored since' : 'taken back'
  return undo?.state === 'superseded' ? 'changed since' : ''
}

/** "10 → 25 %", "kill", "web 9a01": on the axis there is room for a few letters. */
export function axisLabel({ kind, sentence, flag, service }: TimelineItem): string {
  if (kind === 'kill' || kind === 'restore') return shorten(`${kind} ${flag ?? ''}`)
  if (kind === 'deploy') return shorten(sentence.replace(/^deployed /, ''))
  const shares = /([\d.]+) % to ([\d.]+ %)/.exec(sentence)
  if (shares) return `${kind === 'request' ? 'asked ' : ''}${shares[1]} → ${shares[2]}`
  return shorten(flag ?? service ?? sentence)
}

function shorten(text: string): string {
  return text.length > 20 ? `${text.slice(0, 18)}…` : text
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
