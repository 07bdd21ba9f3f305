import type { Context } from 'hono'
import type { Acting } from '../audit/record-change.ts'
import type { AppEnv } from './app-env.ts'

/** Who acts in this request, for the history. */
export function actingIn(c: Context<AppEnv>, reason?: string): Acting {
  return { actor: c.var.actor, via: c.var.via, reason: reason || null, requestId: c.var.requestId }
}
