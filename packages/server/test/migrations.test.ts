import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { readFile } from 'node:fs/promises'
import type * as DrizzleKit from 'drizzle-kit/api'
import { is } from 'drizzle-orm'
import { CasingCache } from 'drizzle-orm/casing'
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core'
import postgres from 'postgres'
import { describe, expect, inject, it } from 'vitest'
import { migratePostgres } from '../src/db/migrate.ts'
import * as schema from '../src/db/schema/index.ts'
import { createTestDatabase } from './harness.ts'

const require = createRequire(import.meta.url)
const migrations = new URL('../../../migrations/meta/', import.meta.url)

describe('migrations', () => {
  it('are complete: the schema in the code needs no further one', async () => {
    const { generateDrizzleJson, generateMigration } = require('drizzle-kit/api') as typeof DrizzleKit
    const { entries } = JSON.parse(await readFile(new URL('_journal.json', migrations), 'utf8')) as {
      entries: { idx: number }[]
    }
    const name = `${String(entries.at(-1)?.idx ?? 0).padStart(4, '0')}_snapshot.json`
    const last = JSON.parse(await readFile(fileURLToPath(new URL(name, migrations)), 'utf8'))
    const now = generateDrizzleJson(schema as unknown as Record<string, unknown>, last.id, undefined, 'snake_case')
    expect(await generateMigration(last, now)).toEqual([])
  })

  it('give every table and column that the code names', async () => {
    const sql = postgres(await createTestDatabase(), { max: 1 })
    const rows = await sql<{ name: string }[]>`
      select table_name || '.' || column_name as name from information_schema.columns where table_schema = 'public'`
    await sql.end()
    const casing = new CasingCache('snake_case')
    const expected = Object.values(schema).flatMap((table) =>
      is(table, PgTable)
        ? getTableConfig(table).columns.map(
            (column) => `${getTableConfig(table).name}.${casing.getColumnCasing(column)}`,
          )
        : [],
    )
    expect(rows.map((row) => row.name).sort()).toEqual(expected.sort())
  })

  it('are applied once by replicas that start together, with one project', async () => {
    const url = `${inject('postgresUrl')}/together`
    const maintenance = postgres(`${inject('postgresUrl')}/postgres`, { max: 1, onnotice: () => {} })
    await maintenance`create database together`
    await maintenance.end()
    await Promise.all(Array.from({ length: 5 }, () => migratePostgres(url)))
    await migratePostgres(url)
    const sql = postgres(url, { max: 1 })
    const projects = await sql`select key from projects`
    const environments = await sql<
      { key: string; epoch: string }[]
    >`select key, epoch from environments order by position`
    await sql.end()
    expect(projects).toHaveLength(1)
    expect(environments.map((row) => row.key)).toEqual(['development', 'staging', 'production'])
    for (const { epoch } of environments) expect(epoch).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/)
  })
})
