import type { HttpBindings } from '@hono/node-server'
import type { Logger } from 'pino'
import type { Actor } from '../db/schema/index.ts'
import type { Places } from '../access/places.ts'
import type { Grant } from '../access/roles.ts'
import type { SdkKey } from '../access/sdk-key-lookup.ts'

/** What travels with every request. Absent bindings mean `app.request` in a test: there is no socket then. */
export interface AppEnv {
  Bindings: Partial<HttpBindings>
  Variables: {
    requestId: string
    log: Logger
    /** Below /api/v1, after authentication. */
    actor: Actor
    /** What the actor may do, and where. */
    grants: readonly Grant[]
    /** Which projects and environments the grants are about. */
    places: Places
    /** `ui` for a session cookie, `api` for a token; goes into the audit. */
    via: 'ui' | 'api'
    /** Identifies the credential for rate limits: never its secret. */
    credential: string
    /** Below /sdk/v1, after authentication. */
    sdkKey: SdkKey
  }
}
