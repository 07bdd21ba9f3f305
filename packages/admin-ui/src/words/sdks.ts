// What is to be said of the applications that are connected.
import type { Sdk, Sdks } from '../contract.ts'
import { formatCount } from './shares.ts'
import { agoInWords } from './times.ts'

/** What is wrong with it, for somebody who looks for laggards; undefined when nothing is. */
export function sdkTrouble({ state, lacks, lostAt, reportedAt }: Sdk, now: number): string | undefined {
  if (state === 'lost' && lostAt) return `stream lost ${agoInWords(lostAt, now)}`
  if (state !== 'behind') return undefined
  const revisions = lacks === 1 ? '1 revision' : `${formatCount(lacks)} revisions`
  return `${revisions} behind${reportedAt ? `, as it said ${agoInWords(reportedAt, now)}` : ''}`
}

/** "12 live · 1 behind · 2 lost": the whole fleet in one line. */
export function fleetInWords({ counts }: Sdks): string {
  const parts = [
    [counts.live, 'live'],
    [counts.behind, 'behind'],
    [counts.lost, 'lost'],
    [counts.polling, 'without a stream'],
  ] as const
  const said = parts
    .filter(([count], at) => at === 0 || count > 0)
    .map(([count, word]) => `${formatCount(count)} ${word}`)
  return said.join(' · ')
}

/** Who is connected and cannot be named. */
export function unnamedInWords({ counts }: Sdks): string | undefined {
  const parts = [
    [counts.pages, 'page', 'pages'],
    [counts.ofrep, 'OFREP client', 'OFREP clients'],
    [counts.anonymous, 'SDK that does not say who it is', 'SDKs that do not say who they are'],
  ] as const
  const said = parts
    .filter(([count]) => count > 0)
    .map(([count, one, many]) => `${formatCount(count)} ${count === 1 ? one : many}`)
  return said.length > 0 ? `And ${said.join(', ')}.` : undefined
}
