import { z } from 'zod'

/** Everything the server can be told from outside. Names and defaults are public: scripts of others rely on them. */
export interface Config {
  port: number
  host: string
  /** Directory of the embedded database; with `databaseUrl`, of this replica's copy of what it serves. */
  dataDir: string
  databaseUrl: string | undefined
  /** An admin token chosen by the operator; another value at the next start revokes the old one. */
  adminToken: string | undefined
  /** Requests a minute and credential on /api; 0 means no limit. */
  rateLimit: number
}

const wholeNumber = (name: string, least: number, most: number, fallback: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `${name} must be a whole number from ${least} to ${most}.`)
    .transform(Number)
    .refine((value) => value >= least && value <= most, `${name} must be from ${least} to ${most}.`)
    .default(fallback)

// An empty variable is what `docker compose` passes for one that is not set.
const environmentSchema = z.object({
  PORT: wholeNumber('PORT', 0, 65_535, 4400),
  HOST: z.string().default('127.0.0.1'),
  RAMPART_DATA_DIR: z.string().default('.rampart'),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'DATABASE_URL must begin with postgres:// or postgresql://.')
    .optional(),
  RAMPART_ADMIN_TOKEN: z
    .string()
    .min(16, 'RAMPART_ADMIN_TOKEN must have at least 16 characters: it opens everything.')
    .max(256, 'RAMPART_ADMIN_TOKEN must have at most 256 characters.')
    .regex(/^[\x21-\x7e]+$/, 'RAMPART_ADMIN_TOKEN must be printable ASCII without spaces: it travels in a header.')
    .optional(),
  RAMPART_RATE_LIMIT: wholeNumber('RAMPART_RATE_LIMIT', 0, 100_000_000, 1200),
})

/** Thrown for a wrong environment; the message lists every mistake at once. */
export class ConfigError extends Error {}

/** Reads the configuration from environment variables. Throws ConfigError with one line per mistake. */
export function readConfig(env: Record<string, string | undefined>): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''))
  const parsed = environmentSchema.safeParse(given)
  if (!parsed.success) throw new ConfigError(parsed.error.issues.map((issue) => issue.message).join('\n'))
  const values = parsed.data
  return {
    port: values.PORT,
    host: values.HOST,
    dataDir: values.RAMPART_DATA_DIR,
    databaseUrl: values.DATABASE_URL,
    adminToken: values.RAMPART_ADMIN_TOKEN,
    rateLimit: values.RAMPART_RATE_LIMIT,
  }
}
