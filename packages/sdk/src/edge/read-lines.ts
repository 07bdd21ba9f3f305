import type { FlagDocument, SegmentDocument, Snapshot } from '@rampart/evaluation'

/**
 * The snapshot in the lines of `GET /sdk/v1/snapshot`. A line that cannot be understood is the affair of its own flag.
 * @throws Error when the text is torn: its last line must confirm the numbers of the others
 */
export function readLines(text: string): Snapshot {
  const [header, ...lines] = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  const flags: FlagDocument[] = []
  const segments: SegmentDocument[] = []
  for (const { flag, segment } of lines) {
    if (flag) flags.push(flag)
    if (segment) segments.push(segment)
  }
  const end = lines.at(-1)?.end
  if (end?.flags !== flags.length || end.segments !== segments.length) throw new Error('the snapshot is torn')
  return { ...header, flags, segments }
}
