// Lists of thousands of rows, read column by column: the database writes each column as one JSON list, and the driver and the
// mapper handle a dozen texts instead of a hundred thousand values, at a microsecond and more for each.
import { type Column, type SQL, sql } from 'drizzle-orm'

type Fields = Record<string, SQL | SQL.Aliased | Column>

/**
 * What to select so that `rowsOf` can read it. Times become text that `Date` reads.
 * @param order of the rows; any, but the same in every column, unless given
 */
export function inColumns<F extends Fields>(fields: F, order?: SQL | Column): { [K in keyof F]: SQL<string | null> } {
  const ordered = order === undefined ? sql`` : sql` order by ${order}`
  const columns = Object.entries(fields).map(([name, field]) => [name, sql`json_agg(${field}${ordered})::text`])
  return Object.fromEntries(columns) as { [K in keyof F]: SQL<string | null> }
}

/** The rows again, one after the other. */
export function* rowsOf<Row extends object>(columns: Record<keyof Row, string | null>): Generator<Row> {
  const lists = Object.entries(columns).map(
    ([name, text]) => [name, JSON.parse((text as string | null) ?? '[]')] as const,
  )
  const count = (lists[0]?.[1] as unknown[] | undefined)?.length ?? 0
  for (let at = 0; at < count; at += 1) {
    const row: Record<string, unknown> = {}
    for (const [name, values] of lists) row[name] = (values as unknown[])[at]
    yield row as Row
  }
}
