export interface LineChange {
  kind: 'kept' | 'added' | 'removed'
  text: string
}

/** What happened to a list of lines, in reading order; a moved line is removed here and added there. */
export function lineChanges(before: string[], after: string[]): LineChange[] {
  const common = longestCommon(before, after)
  const changes: LineChange[] = []
  let left = 0
  let right = 0
  for (const text of [...common, null]) {
    while (left < before.length && before[left] !== text) changes.push({ kind: 'removed', text: before[left++] ?? '' })
    while (right < after.length && after[right] !== text) changes.push({ kind: 'added', text: after[right++] ?? '' })
    if (text === null) break
    changes.push({ kind: 'kept', text })
    left++
    right++
  }
  return changes
}

// The textbook table: rules are dozens, never thousands.
function longestCommon(a: string[], b: string[]): string[] {
  const lengths = Array.from({ length: a.length + 1 }, () => Array.from(b, () => 0))
  const at = (i: number, j: number) => lengths[i]?.[j] ?? 0
  for (let i = a.length - 1; i >= 0; i--) {
    const row = lengths[i] ?? []
    for (let j = b.length - 1; j >= 0; j--) {
      row[j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
    }
  }
  const common: string[] = []
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i] === b[j]) {
      common.push(a[i] ?? '')
      i++
      j++
    } else if (at(i + 1, j) >= at(i, j + 1)) i++
    else j++
  }
  return common
}
