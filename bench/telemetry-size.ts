// A year of 1 000 flags: how large it gets, and how long graphs over it take. Every flag is evaluated in every minute by one
// SDK, which is the worst that can be; twenty of them are compared by four metrics.
import postgres from 'postgres'
import { type Rampart, startRampart } from './start-rampart.ts'
import { median, round } from './statistics.ts'

const FLAGS = 1_000
const COMPARED = 20
const METRICS = ['http.duration', 'http.error', 'basket-ms', 'purchase']
const KEPT = { minutes: 3 * 24 * 60, hours: 100 * 24, days: 400 } as const
const STEP = { minutes: '1 minute', hours: '1 hour', days: '1 day' } as const
const SPANS = { '1 h': 1, '24 h': 24, '7 d': 7 * 24, '90 d': 90 * 24 }
const LOOKS = 5

/** Options: number of flags, and how many of them are compared. */
export async function measure(options: string[]): Promise<object> {
  const flags = Number(options[0] ?? FLAGS)
  const compared = Math.min(flags, Number(options[1] ?? COMPARED))
  const rampart = await startRampart()
  const sql = postgres(rampart.databaseUrl, { max: 1, onnotice: () => {} })
  try {
    for (let flag = 0; flag < flags; flag += 1) await rampart.api('POST', '/flags', { key: `flag-${flag}` })
    const filledS = await fill(sql, flags, compared)
    return {
      flags,
      compared: { flags: compared, metrics: METRICS.length },
      kept: KEPT,
      filledS,
      tables: await sizes(sql),
      graphsMs: await timeGraphs(rampart),
    }
  } finally {
    await sql.end()
    await rampart.stop()
  }
}

async function fill(sql: postgres.Sql, flags: number, compared: number): Promise<number> {
  const startedAt = performance.now()
  const [environment] = await sql<{ id: string }[]>`select id from environments where key = 'production'`
  const id = environment?.id ?? ''
  await sql`
    insert into telemetry_series (environment_id, flag_key, variant, metric, sdk)
    select ${id}, 'flag-' || flag, variant, '', 'rampart-node/0.1.0'
    from generate_series(0, ${flags - 1}) as flag, unnest(array['on', 'off']) as variant`
  await sql`
    insert into telemetry_series (environment_id, flag_key, variant, metric, sdk)
    select ${id}, 'flag-' || flag, variant, metric, 'rampart-node/0.1.0'
    from generate_series(0, ${compared - 1}) as flag, unnest(array['on', 'off']) as variant,
      unnest(${METRICS}::text[]) as metric`
  for (const table of ['minutes', 'hours', 'days'] as const) {
    const name = sql(`telemetry_${table}`)
    const unit = table.slice(0, -1)
    // In the order of time, as they come in life.
    await sql`
      insert into ${name} (series_id, at, count)
      select id, at, 1000 + id
      from generate_series(date_trunc(${unit}, now()) - ${KEPT[table]} * ${STEP[table]}::interval + ${STEP[table]}::interval,
        date_trunc(${unit}, now()), ${STEP[table]}::interval) as at,
        telemetry_series where metric = ''`
    await sql`
      insert into ${name} (series_id, at, count, sum, zeros, bins, bin_counts)
      select id, at, 1000, 100000.5, 3,
        array(select generate_series(200, 200 + 59 * 2, 2))::smallint[], array_fill(17::bigint, array[60])
      from generate_series(date_trunc(${unit}, now()) - ${KEPT[table]} * ${STEP[table]}::interval + ${STEP[table]}::interval,
        date_trunc(${unit}, now()), ${STEP[table]}::interval) as at,
        telemetry_series where metric <> ''`
  }
  await sql.unsafe('vacuum analyze')
  return round((performance.now() - startedAt) / 1000)
}

async function sizes(sql: postgres.Sql) {
  const rows = await sql<{ name: string; bytes: number; rows: number }[]>`
    select relname as name, pg_total_relation_size(oid)::float8 as bytes, reltuples::float8 as rows
    from pg_class where relname in ('telemetry_series', 'telemetry_minutes', 'telemetry_hours', 'telemetry_days')`
  const tables = rows.map(({ name, bytes, rows: count }) => ({
    name,
    rows: count,
    megabytes: round(bytes / 1e6),
    bytesPerRow: round(bytes / count),
  }))
  return {
    ...Object.fromEntries(tables.map(({ name, ...row }) => [name, row])),
    megabytes: round(rows.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6),
  }
}

async function timeGraphs(rampart: Rampart) {
  const time = async (path: string) => {
    const took: number[] = []
    for (let look = 0; look < LOOKS; look += 1) {
      const startedAt = performance.now()
      await rampart.api('GET', path)
      took.push(performance.now() - startedAt)
    }
    return round(median(took))
  }
  const graphs: Record<string, object> = {}
  for (const [name, hours] of Object.entries(SPANS)) {
    const query = `?from=${new Date(Date.now() - hours * 3_600_000).toISOString()}`
    const path = `/flags/flag-0/environments/production`
    graphs[name] = {
      exposures: await time(`${path}/exposures${query}`),
      metrics: await time(`${path}/metrics${query}`),
    }
  }
  return { ...graphs, listOfFlags: await time('/environments/production/exposures') }
}
