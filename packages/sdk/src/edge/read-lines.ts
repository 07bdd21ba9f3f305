import type { FlagDocument, SegmentDocument, Snapshot } from '@rampart/evaluation'

/**
 * The snapshot in the lines of `GET /sdk/v1/snapshot`. A line that cannot be understood is the affair of its own flag.
 * @throws Error when the text is torn: its last line must confirm the numbers of the others
 */
export function readLines(text: string): Snapshot {
  // No text inside of JSON holds a line's end.
  const [header, ...lines] = JSON.parse(`[${text.trim().replaceAll('\n', ',')}]`)
  const flags: FlagDocument[] = lines.flatMap(({ flag = [] }) => flag)
  const segments: SegmentDocument[] = lines.flatMap(({ segment = [] }) => segment)
  const { end } = lines.at(-1)
  if (end.flags !== flags.length || end.segments !== segments.length) throw new Error('the snapshot is torn')
  return { ...header, flags, segments }
}
