// One place for drizzle: the schema of every table. Migrations in /migrations are generated from this list.
export * from './access.ts'
export * from './audit.ts'
export * from './change-requests.ts'
export * from './flags.ts'
export * from './people.ts'
export * from './projects.ts'
export * from './segments.ts'
export * from './telemetry.ts'
