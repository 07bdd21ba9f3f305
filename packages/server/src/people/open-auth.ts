import { randomUUID } from 'node:crypto'
import { drizzleAdapter } from 'better-auth/adapters/drizzle'
import { betterAuth } from 'better-auth'
import { genericOAuth, twoFactor } from 'better-auth/plugins'
import type { Logger } from 'pino'
import { SESSION_MAX_MS } from '../access/session.commands.ts'
import type { Config } from '../config.ts'
import { people, personAccounts, personSessions, secondFactors, signInSteps } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { admitPerson, refuseUninvited } from './admit-person.ts'
import { duringVisit, noteGroups } from './claimed-groups.ts'
import { ADDRESS_HEADER, OIDC_BASE, OIDC_CALLBACK, OIDC_PROVIDER } from './auth-names.ts'
import { hashSessionTokens } from './hash-session-tokens.ts'
import { installationSecret } from './installation-secret.ts'
import { PASSWORD_MAX, PASSWORD_MIN } from './password-rules.ts'

/** What our routes ask of better-auth. Each answers with its response: a status, JSON and cookies. */
export interface Auth {
  signInWithPassword(headers: Headers, body: { email: string; password: string }): Promise<Response>
  verifyTotp(headers: Headers, body: { code: string }): Promise<Response>
  verifyBackupCode(headers: Headers, body: { code: string }): Promise<Response>
  beginSecondFactor(headers: Headers, body: { password?: string | undefined }): Promise<Response>
  endSecondFactor(headers: Headers, body: { password?: string | undefined }): Promise<Response>
  changePassword(headers: Headers, body: { currentPassword: string; newPassword: string }): Promise<Response>
  /** Answers with the address of the identity provider. */
  beginOidc(headers: Headers): Promise<Response>
  /** The way back from there; `query` is what it sent along. */
  endOidc(headers: Headers, query: string): Promise<Response>
}

/**
 * better-auth on our tables. None of its routes is mounted: ours call it, so that origin, limits, permissions and the
 * shape of errors are the same everywhere, and nothing can be reached that we did not think of.
 */
export async function openAuth(db: Db, config: Config, log: Logger): Promise<Auth> {
  const secret = await installationSecret(db, config.secret)
  const { oidc, publicUrl } = config
  const adapter = drizzleAdapter(db, {
    provider: 'pg',
    schema: {
      user: people,
      session: personSessions,
      account: personAccounts,
      verification: signInSteps,
      twoFactor: secondFactors,
    },
  })
  const baseURL = publicUrl ?? 'http://localhost'
  const groupRoles = oidc?.groups?.roles ?? []
  const auth = betterAuth({
    appName: 'Rampart',
    baseURL,
    basePath: OIDC_BASE,
    secret,
    telemetry: { enabled: false },
    logger: { log: (level, message) => log[level === 'error' ? 'warn' : 'debug']({ from: 'better-auth' }, message) },
    database: hashSessionTokens(adapter),
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: PASSWORD_MIN,
      maxPasswordLength: PASSWORD_MAX,
    },
    session: { expiresIn: SESSION_MAX_MS / 1000, disableSessionRefresh: true },
    account: { accountLinking: { enabled: true } },
    verification: { storeIdentifier: 'hashed' },
    // Ours, in the database, by account and by network: the routes call it.
    rateLimit: { enabled: false },
    advanced: {
      cookiePrefix: 'rampart',
      // These names never reach a browser: auth-cookies.ts gives them theirs.
      useSecureCookies: false,
      database: { generateId: () => randomUUID() },
      ipAddress: { ipAddressHeaders: [ADDRESS_HEADER] },
    },
    databaseHooks: {
      user: { create: { before: (person) => refuseUninvited(db, person.email, groupRoles) } },
      session: { create: { before: (session) => admitPerson(db, session.userId, groupRoles) } },
      // The tokens of the identity provider are of no use here, so they are not kept.
      account: { create: { before: async (account) => ({ data: { ...account, ...NO_TOKENS } }) } },
    },
    plugins: [
      twoFactor({ issuer: 'Rampart', allowPasswordless: true }),
      ...(oidc && publicUrl
        ? [
            genericOAuth({
              config: [
                {
                  providerId: OIDC_PROVIDER,
                  discoveryUrl: `${oidc.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
                  clientId: oidc.clientId,
                  clientSecret: oidc.clientSecret,
                  redirectURI: publicUrl + OIDC_CALLBACK,
                  scopes: ['openid', 'email', 'profile', ...(oidc.groups?.scope ? [oidc.groups.scope] : [])],
                  mapProfileToUser(profile: Record<string, unknown>) {
                    noteGroups(profile[oidc.groups?.claim ?? 'groups'])
                    return {}
                  },
                  pkce: true,
                  requireIdTokenVerification: true,
                  requireEmailVerification: true,
                },
              ],
            }),
          ]
        : []),
    ],
  })
  const { api } = auth
  return {
    signInWithPassword: (headers, body) => api.signInEmail({ headers, body, asResponse: true }),
    verifyTotp: (headers, body) => api.verifyTOTP({ headers, body, asResponse: true }),
    verifyBackupCode: (headers, body) => api.verifyBackupCode({ headers, body, asResponse: true }),
    beginSecondFactor: (headers, body) => api.enableTwoFactor({ headers, body: given(body), asResponse: true }),
    endSecondFactor: (headers, body) => api.disableTwoFactor({ headers, body: given(body), asResponse: true }),
    changePassword: (headers, body) =>
      api.changePassword({ headers, body: { ...body, revokeOtherSessions: true }, asResponse: true }),
    beginOidc: (headers) =>
      api.signInSocial({
        headers,
        body: { provider: OIDC_PROVIDER, callbackURL: '/', errorCallbackURL: '/sign-in', disableRedirect: true },
        asResponse: true,
      }),
    endOidc: (headers, query) =>
      duringVisit(() =>
        auth.handler(new Request(`${baseURL}${OIDC_BASE}/callback/${OIDC_PROVIDER}${query}`, { headers })),
      ),
  }
}

/** better-auth tells an absent field from an undefined one. */
function given({ password }: { password?: string | undefined }): { password?: string } {
  return password === undefined ? {} : { password }
}

const NO_TOKENS = { accessToken: null, refreshToken: null, idToken: null }
