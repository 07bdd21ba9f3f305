import { OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { Deps } from '../deps.ts'
import { apiRoute, jsonAnswer, jsonBody } from '../http/api-route.ts'
import type { AppEnv } from '../http/app-env.ts'
import { DomainError } from '../http/errors.ts'
import { addressOf } from '../http/network-of.ts'
import { endOtherSessions, endSession, listSessions, readAccount } from './account.commands.ts'
import { bodyOrRefusal } from './ask-auth.ts'
import { authHeaders, passCookies } from './auth-cookies.ts'
import { limitFailures } from './limit-failures.ts'
import type { Auth } from './open-auth.ts'
import { changePasswordSchema, confirmPasswordSchema, secondFactorSchema } from './sign-in.schemas.ts'

const tags = ['account']
const accountSchema = z
  .object({ name: z.string(), email: z.string(), secondFactor: z.boolean(), hasPassword: z.boolean() })
  .openapi('Account')
const sessionSchema = z
  .object({
    id: z.string(),
    current: z.boolean(),
    address: z.string(),
    browser: z.string(),
    createdAt: z.iso.datetime(),
    lastSeenAt: z.iso.datetime(),
    expiresAt: z.iso.datetime(),
  })
  .openapi('OwnSession')
const secondFactorStartSchema = z
  .object({ uri: z.string(), secret: z.string(), backupCodes: z.array(z.string()) })
  .openapi('SecondFactorStart')
const done = { 204: { description: 'Done.' } }
const WRONG_PASSWORD = 'This is not your password.'

/** A person's own account. None of it is for API tokens, and none of it needs a role. */
export function accountRoutes({ config, store, credentials, peopleAuth }: Deps) {
  /** Asks better-auth as this person; every session it makes replaces the one in the cookie. Wrong passwords count. */
  async function ask<T>(c: Context<AppEnv>, wrong: string, call: (auth: Auth, headers: Headers) => Promise<Response>) {
    const { id } = personIn(c)
    const auth = await peopleAuth.open()
    return limitFailures(store.db, id, addressOf(c, config.proxies), async () => {
      const answer = await call(auth, authHeaders(c, config.proxies))
      const body = await bodyOrRefusal<T>(answer, wrong)
      passCookies(c, answer.headers)
      credentials.invalidate()
      return body
    })
  }

  return new OpenAPIHono<AppEnv>()
    .openapi(
      apiRoute('account:read', {
        method: 'get',
        path: '/api/v1/account',
        tags,
        summary: 'My account',
        responses: { 200: jsonAnswer(accountSchema, 'The account.') },
      }),
      async (c) => c.json(await readAccount(store.db, personIn(c).id), 200),
    )
    .openapi(
      apiRoute('account:read', {
        method: 'get',
        path: '/api/v1/account/sessions',
        tags,
        summary: 'Where I am signed in',
        responses: { 200: jsonAnswer(z.object({ sessions: z.array(sessionSchema) }), 'The sessions.') },
      }),
      async (c) => c.json({ sessions: await listSessions(store.db, personIn(c).id, currentSession(c)) }, 200),
    )
    .openapi(
      apiRoute('account:write', {
        method: 'delete',
        path: '/api/v1/account/sessions/{id}',
        tags,
        summary: 'End one of my sessions',
        request: { params: z.object({ id: z.uuid('This is not the id of a session.') }) },
        responses: done,
      }),
      async (c) => {
        await endSession(store.db, personIn(c).id, c.req.valid('param').id)
        credentials.invalidate()
        return c.body(null, 204)
      },
    )
    .openapi(
      apiRoute('account:write', {
        method: 'delete',
        path: '/api/v1/account/sessions',
        tags,
        summary: 'End all my sessions but this one',
        responses: done,
      }),
      async (c) => {
        await endOtherSessions(store.db, personIn(c).id, currentSession(c))
        credentials.invalidate()
        return c.body(null, 204)
      },
    )
    .openapi(
      apiRoute('account:write', {
        method: 'put',
        path: '/api/v1/account/password',
        tags,
        summary: 'Change my password; all my other sessions end',
        request: { body: jsonBody(changePasswordSchema) },
        responses: done,
      }),
      async (c) => {
        const { password, newPassword } = c.req.valid('json')
        await ask(c, WRONG_PASSWORD, (auth, headers) =>
          auth.changePassword(headers, { currentPassword: password, newPassword }),
        )
        return c.body(null, 204)
      },
    )
    .openapi(
      apiRoute('account:write', {
        method: 'post',
        path: '/api/v1/account/second-factor',
        tags,
        summary: 'Begin with a second factor: what the app needs, and backup codes, shown this once',
        request: { body: jsonBody(confirmPasswordSchema) },
        responses: { 200: jsonAnswer(secondFactorStartSchema, 'It is on once a code of the app was confirmed.') },
      }),
      async (c) => {
        const body = c.req.valid('json')
        const { totpURI, backupCodes } = await ask<{ totpURI: string; backupCodes: string[] }>(
          c,
          WRONG_PASSWORD,
          (auth, headers) => auth.beginSecondFactor(headers, body),
        )
        return c.json({ uri: totpURI, secret: new URL(totpURI).searchParams.get('secret') ?? '', backupCodes }, 200)
      },
    )
    .openapi(
      apiRoute('account:write', {
        method: 'put',
        path: '/api/v1/account/second-factor',
        tags,
        summary: 'Turn the second factor on, with a code of the app',
        request: { body: jsonBody(secondFactorSchema) },
        responses: done,
      }),
      async (c) => {
        const body = c.req.valid('json')
        await ask(c, 'This code is not right. Enter the one that is shown now.', (auth, headers) =>
          auth.verifyTotp(headers, body),
        )
        return c.body(null, 204)
      },
    )
    .openapi(
      apiRoute('account:write', {
        method: 'delete',
        path: '/api/v1/account/second-factor',
        tags,
        summary: 'Turn the second factor off',
        request: { body: jsonBody(confirmPasswordSchema) },
        responses: done,
      }),
      async (c) => {
        const body = c.req.valid('json')
        await ask(c, WRONG_PASSWORD, (auth, headers) => auth.endSecondFactor(headers, body))
        return c.body(null, 204)
      },
    )
}

function personIn(c: Context<AppEnv>): { id: string } {
  const { kind, id } = c.var.actor
  // A token is no person, and its holder must not change anybody's account.
  if (kind !== 'person')
    throw new DomainError('NOT_FOUND', 'You are signed in with an API token, which has no account.')
  return { id }
}

/** The id of the session that asks; see the ids of credentials. */
function currentSession(c: Context<AppEnv>): string {
  return c.var.credential.replace('person-session:', '')
}
