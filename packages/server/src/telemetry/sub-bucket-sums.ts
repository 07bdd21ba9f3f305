// The sums a verdict is made of: one arm, one metric, 128 sub-buckets. They merge by adding.
import { SUB_BUCKETS } from '@rampart/evaluation'

/** Of each sub-bucket, in the order of the wire; first exposures have only the first. */
export const SUB_BUCKET_FIELDS = ['units', 'count', 'sum', 'logSum', 'over95', 'over99', 'capped'] as const
export type SubBucketField = (typeof SUB_BUCKET_FIELDS)[number]

const FIELDS = SUB_BUCKET_FIELDS.length

/** Adds rows of `[subBucket, units, count, sum, ...]` to sums by sub-bucket and field. */
export function addSubBuckets(
  rows: readonly (readonly number[])[],
  to: Float64Array = new Float64Array(SUB_BUCKETS * FIELDS),
): Float64Array {
  // By index: a commit adds up tens of thousands of these rows, in the process that also sends kills.
  for (const row of rows) {
    const at = (row[0] ?? 0) * FIELDS - 1
    for (let field = 1; field < row.length; field += 1) to[at + field] = (to[at + field] ?? 0) + (row[field] ?? 0)
  }
  return to
}

/** As rows again: without empty sub-buckets, and without the zeros at the end of each. */
export function sparse(sums: Float64Array): number[][] {
  const rows: number[][] = []
  for (let subBucket = 0; subBucket < SUB_BUCKETS; subBucket += 1) {
    const values = [...sums.subarray(subBucket * FIELDS, (subBucket + 1) * FIELDS)]
    const last = values.findLastIndex((value) => value !== 0)
    if (last >= 0) rows.push([subBucket, ...values.slice(0, last + 1)])
  }
  return rows
}

/** One field of every sub-bucket, in their order: a vector of 128. */
export function fieldOf(sums: Float64Array, field: SubBucketField): number[] {
  const offset = SUB_BUCKET_FIELDS.indexOf(field)
  return Array.from({ length: SUB_BUCKETS }, (_, subBucket) => sums[subBucket * FIELDS + offset] ?? 0)
}
