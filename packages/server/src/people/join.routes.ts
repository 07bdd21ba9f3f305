import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { ROLES } from '../access/roles.ts'
import type { Deps } from '../deps.ts'
import { jsonAnswer, jsonBody } from '../http/api-route.ts'
import type { AppEnv } from '../http/app-env.ts'
import { addressOf } from '../http/network-of.ts'
import { bodyOrRefusal } from './ask-auth.ts'
import { authHeaders, passCookies } from './auth-cookies.ts'
import { acceptWithPassword, openInvitation } from './invitations.commands.ts'
import { limitFailures } from './limit-failures.ts'
import { setUp } from './set-up.commands.ts'
import { acceptSchema, lookSchema, setUpSchema, signInAnswerSchema } from './sign-in.schemas.ts'

const tags = ['session']
const invitedSchema = z.object({ email: z.string(), role: z.enum(ROLES), invitedBy: z.string() }).openapi('Invited')

/** Getting an account: by the link of the first start, or by an invitation. Either signs the browser in at once. */
export function joinRoutes({ config, store, peopleAuth }: Deps) {
  /** Guessing a link is hopeless; trying is limited all the same. */
  const limited = <T>(c: Context<AppEnv>, open: () => Promise<T>) =>
    limitFailures(store.db, null, addressOf(c, config.proxies), open)

  async function signIn(c: Context<AppEnv>, body: { email: string; password: string }): Promise<void> {
    const answer = await (await peopleAuth.open()).signInWithPassword(authHeaders(c, config.proxies), body)
    await bodyOrRefusal(answer, 'The account is made. Sign in with it.')
    passCookies(c, answer.headers)
  }

  return new OpenAPIHono<AppEnv>()
    .openapi(
      createRoute({
        method: 'post',
        path: '/api/v1/set-up',
        tags,
        summary: 'Make the first account, with the secret of the link that the start prints',
        security: [],
        request: { body: jsonBody(setUpSchema) },
        responses: { 201: jsonAnswer(signInAnswerSchema, 'Made, an admin of everything, and signed in.') },
      }),
      async (c) => {
        const { secret, ...person } = c.req.valid('json')
        await limited(c, () => setUp(store.db, secret, person, c.var.requestId))
        await signIn(c, person)
        return c.json({ secondFactor: false }, 201)
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/api/v1/invitations/look',
        tags,
        summary: 'What an invitation promises, and to whom',
        security: [],
        request: { body: jsonBody(lookSchema) },
        responses: { 200: jsonAnswer(invitedSchema, 'The invitation.') },
      }),
      async (c) => {
        const { email, role, createdBy } = await limited(c, () => openInvitation(store.db, c.req.valid('json').secret))
        return c.json({ email, role, invitedBy: createdBy }, 200)
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/api/v1/invitations/accept',
        tags,
        summary: 'Make the account of an invited person',
        security: [],
        request: { body: jsonBody(acceptSchema) },
        responses: { 201: jsonAnswer(signInAnswerSchema, 'Made and signed in.') },
      }),
      async (c) => {
        const { secret, ...person } = c.req.valid('json')
        const email = await limited(c, () => acceptWithPassword(store.db, secret, person))
        await signIn(c, { email, password: person.password })
        return c.json({ secondFactor: false }, 201)
      },
    )
}
