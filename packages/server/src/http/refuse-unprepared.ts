import type { MiddlewareHandler } from 'hono'
import type { Preparation } from '../db/keep-preparing.ts'
import type { AppEnv } from './app-env.ts'
import { DomainError } from './errors.ts'

/**
 * Says at once what a replica cannot do that started without its database: everything but delivery. Its tables may be
 * those of an earlier version, so nothing is tried either.
 */
export function refuseUnprepared(preparation: Preparation): MiddlewareHandler<AppEnv> {
  return (c, next) => {
    if (preparation.problem() === undefined) return next()
    const consequence = c.req.method === 'GET' ? '' : 'NOT applied: '
    throw new DomainError('UNAVAILABLE', `${consequence}this replica started without its database and waits for it.`)
  }
}
