import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { Deps } from '../deps.ts'
import { jsonAnswer, jsonBody } from '../http/api-route.ts'
import type { AppEnv } from '../http/app-env.ts'
import { addressOf } from '../http/network-of.ts'
import { bodyOrRefusal } from './ask-auth.ts'
import { authHeaders, passCookies } from './auth-cookies.ts'
import { OIDC_BASE, OIDC_CALLBACK } from './auth-names.ts'
import { limitFailures } from './limit-failures.ts'
import { isSetUpOpen } from './set-up.commands.ts'
import { passwordSignInSchema, secondFactorSchema, signInAnswerSchema } from './sign-in.schemas.ts'

const tags = ['session']

/** Signing in as a person: with a password and perhaps a second factor, or at an identity provider. */
export function signInRoutes({ config, store, peopleAuth }: Deps) {
  return new OpenAPIHono<AppEnv>()
    .openapi(
      createRoute({
        method: 'get',
        path: '/api/v1/session/ways',
        tags,
        summary: 'How one can sign in here',
        security: [],
        responses: { 200: jsonAnswer(z.object({ setUp: z.boolean(), oidc: z.string().nullable() }), 'The ways.') },
      }),
      async (c) => c.json({ setUp: await isSetUpOpen(store.db), oidc: config.oidc?.name ?? null }, 200),
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/api/v1/session/password',
        tags,
        summary: 'Sign in with e-mail address and password',
        security: [],
        request: { body: jsonBody(passwordSignInSchema) },
        responses: { 200: jsonAnswer(signInAnswerSchema, 'Signed in, or `secondFactor`: its code is asked for now.') },
      }),
      async (c) => {
        const input = c.req.valid('json')
        const auth = await peopleAuth.open()
        const secondFactor = await limitFailures(store.db, input.email, addressOf(c, config.proxies), async () => {
          const answer = await auth.signInWithPassword(authHeaders(c, config.proxies), input)
          const wrong = 'The address or the password is wrong.'
          const { twoFactorRedirect } = await bodyOrRefusal<{ twoFactorRedirect?: boolean }>(answer, wrong)
          passCookies(c, answer.headers)
          return twoFactorRedirect === true
        })
        return c.json({ secondFactor }, 200)
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/api/v1/session/second-factor',
        tags,
        summary: 'The second factor: a code of the app, or a backup code',
        security: [],
        request: { body: jsonBody(secondFactorSchema) },
        responses: { 200: jsonAnswer(signInAnswerSchema, 'Signed in.') },
      }),
      async (c) => {
        const { code } = c.req.valid('json')
        const auth = await peopleAuth.open()
        // better-auth counts wrong codes by person; here the network is counted.
        await limitFailures(store.db, null, addressOf(c, config.proxies), async () => {
          const verify = /^\d{6}$/.test(code) ? auth.verifyTotp : auth.verifyBackupCode
          const answer = await verify(authHeaders(c, config.proxies), { code })
          await bodyOrRefusal(answer, 'This code is not right. Enter the one that is shown now.')
          passCookies(c, answer.headers)
        })
        return c.json({ secondFactor: false }, 200)
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: OIDC_BASE,
        tags,
        summary: 'Begin to sign in at the identity provider',
        security: [],
        responses: { 200: jsonAnswer(z.object({ url: z.string() }), 'Go there.') },
      }),
      async (c) => {
        const answer = await (await peopleAuth.open()).beginOidc(authHeaders(c, config.proxies))
        const { url } = await bodyOrRefusal<{ url: string }>(answer, 'The identity provider cannot be used here.')
        passCookies(c, answer.headers)
        return c.json({ url }, 200)
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: OIDC_CALLBACK,
        tags,
        summary: 'The way back from the identity provider',
        security: [],
        responses: { 302: { description: 'To the console, or to its sign-in page with `?error`.' } },
      }),
      async (c) => endOidc(c),
    )

  /** A page that a browser navigates to, so it ends in a redirect whatever happens, and only ever to our own pages. */
  async function endOidc(c: Context<AppEnv>) {
    const answer = await (await peopleAuth.open()).endOidc(authHeaders(c, config.proxies), new URL(c.req.url).search)
    passCookies(c, answer.headers)
    const target = new URL(answer.headers.get('location') ?? '/sign-in?error=failed', 'http://localhost')
    const failed = answer.status !== 302 || target.searchParams.has('error')
    return c.redirect(failed ? `/sign-in?error=${failure(target)}` : '/sign-in?done', 302)
  }
}

/** Words that the sign-in page knows. */
function failure(target: URL): 'not-invited' | 'failed' {
  const error = target.searchParams.get('error') ?? ''
  return /NOT_INVITED|not_linked|not linked|signup|verified/i.test(error) ? 'not-invited' : 'failed'
}
