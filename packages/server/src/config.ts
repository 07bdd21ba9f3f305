import { z } from 'zod'
import { ROLES } from './access/roles.ts'
import type { GroupRole } from './people/follow-groups.ts'

/** Everything the server can be told from outside. Names and defaults are public: scripts of others rely on them. */
export interface Config {
  port: number
  host: string
  /** Directory of the embedded database; with `databaseUrl`, of this replica's copy of what it serves. */
  dataDir: string
  databaseUrl: string | undefined
  /** An admin token chosen by the operator; another value at the next start revokes the old one. */
  adminToken: string | undefined
  /** Where people reach the service, such as https://flags.example.com; sign-in at an identity provider needs it. */
  publicUrl: string | undefined
  /** Signs cookies and encrypts second factors; without it a value from the database does. */
  secret: string | undefined
  /** How many proxies stand in front: the network of a request is then read from X-Forwarded-For. */
  proxies: number
  oidc:
    | { issuer: string; clientId: string; clientSecret: string; name: string; groups?: GroupMapping | undefined }
    | undefined
  /** Requests a minute and credential on /api; 0 means no limit. */
  rateLimit: number
}

/** Which groups at the identity provider have which roles, and where it names them. */
export interface GroupMapping {
  claim: string
  /** Asked for besides the usual ones, where the provider names groups only then. */
  scope: string | undefined
  roles: GroupRole[]
}

const wholeNumber = (name: string, least: number, most: number, fallback: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `${name} must be a whole number from ${least} to ${most}.`)
    .transform(Number)
    .refine((value) => value >= least && value <= most, `${name} must be from ${least} to ${most}.`)
    .default(fallback)

const GROUPS_FORM =
  'RAMPART_OIDC_GROUPS must be a JSON list of {"group", "project": a key or "*", "role", "production"?, "kill"?}'

const groupRolesSchema = z.array(
  z.strictObject({
    group: z.string().min(1),
    project: z.string().min(1),
    role: z.enum(ROLES),
    production: z.boolean().default(false),
    kill: z.boolean().default(false),
  }),
)

function readGroupRoles(text: string, context: z.RefinementCtx): GroupRole[] {
  const refuse = (why: string) => {
    context.addIssue({ code: 'custom', message: `${GROUPS_FORM}: ${why}` })
    return z.NEVER
  }
  try {
    const { data, error } = groupRolesSchema.safeParse(JSON.parse(text))
    if (!data) return refuse(`${error.issues[0]?.path.join('.') ?? ''} ${error.issues[0]?.message ?? ''}`.trim())
    const places = new Set(data.map(({ group, project }) => JSON.stringify([group, project])))
    return places.size === data.length ? data : refuse('a group has two roles in one project')
  } catch {
    return refuse('it is not valid JSON')
  }
}

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
  RAMPART_URL: z
    .url({
      protocol: /^https?$/,
      error: 'RAMPART_URL must be where people reach the service: https://flags.example.com',
    })
    .transform((url) => new URL(url).origin)
    .optional(),
  RAMPART_SECRET: z.string().min(32, 'RAMPART_SECRET must have at least 32 characters.').optional(),
  RAMPART_PROXIES: wholeNumber('RAMPART_PROXIES', 0, 10, 0),
  RAMPART_OIDC_ISSUER: z
    .url({ protocol: /^https?$/, error: 'RAMPART_OIDC_ISSUER must be the https URL of the identity provider.' })
    .optional(),
  RAMPART_OIDC_CLIENT_ID: z.string().optional(),
  RAMPART_OIDC_CLIENT_SECRET: z.string().optional(),
  RAMPART_OIDC_NAME: z.string().max(40).default('single sign-on'),
  RAMPART_OIDC_GROUPS: z.string().transform(readGroupRoles).optional(),
  RAMPART_OIDC_GROUPS_CLAIM: z.string().default('groups'),
  RAMPART_OIDC_GROUPS_SCOPE: z.string().optional(),
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
    publicUrl: values.RAMPART_URL,
    secret: values.RAMPART_SECRET,
    proxies: values.RAMPART_PROXIES,
    oidc: readOidc(values),
    rateLimit: values.RAMPART_RATE_LIMIT,
  }
}

/** All of it or nothing: half a configuration would show a button that leads nowhere. */
function readOidc(values: z.output<typeof environmentSchema>): Config['oidc'] {
  const { RAMPART_OIDC_ISSUER: issuer, RAMPART_OIDC_CLIENT_ID: clientId } = values
  const { RAMPART_OIDC_CLIENT_SECRET: clientSecret, RAMPART_OIDC_NAME: name } = values
  const roles = values.RAMPART_OIDC_GROUPS
  if (!issuer && !clientId && !clientSecret && !roles) return undefined
  if (!issuer || !clientId || !clientSecret || !values.RAMPART_URL) {
    throw new ConfigError(
      'Sign-in at an identity provider needs RAMPART_OIDC_ISSUER, RAMPART_OIDC_CLIENT_ID, RAMPART_OIDC_CLIENT_SECRET and RAMPART_URL.',
    )
  }
  const groups = roles && {
    claim: values.RAMPART_OIDC_GROUPS_CLAIM,
    scope: values.RAMPART_OIDC_GROUPS_SCOPE,
    roles,
  }
  return { issuer, clientId, clientSecret, name, groups }
}
