import { defineConfig } from 'drizzle-kit'

// pnpm exec drizzle-kit generate --name <what-it-does>
export default defineConfig({
  dialect: 'postgresql',
  schema: './packages/server/src/db/schema/index.ts',
  out: './migrations',
  casing: 'snake_case',
})
