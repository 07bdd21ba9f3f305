import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import type { AppEnv } from '../http/app-env.ts'
import { SESSION_MAX_MS } from './session.commands.ts'

export const SESSION_COOKIE = 'rampart_session'

/** Whether the browser reached us by TLS, ours or a proxy's. */
export function isHttps(c: Context<AppEnv>): boolean {
  return c.req.header('x-forwarded-proto') === 'https' || c.req.url.startsWith('https:')
}

/** Over TLS a cookie is `__Host-`: no other host of the domain can put one of its own in its place. */
export function cookieName(c: Context<AppEnv>, name: string): string {
  return isHttps(c) ? `__Host-${name}` : name
}

export function readSessionCookie(c: Context<AppEnv>): string | undefined {
  return getCookie(c, cookieName(c, SESSION_COOKIE))
}

/** Scripts cannot read it, and other sites' forms do not send it. */
export function setSessionCookie(c: Context<AppEnv>, secret: string): void {
  setCookie(c, cookieName(c, SESSION_COOKIE), secret, {
    httpOnly: true,
    sameSite: 'Lax',
    path: '/',
    secure: isHttps(c),
    maxAge: SESSION_MAX_MS / 1000,
  })
}

export function clearSessionCookie(c: Context<AppEnv>): void {
  deleteCookie(c, cookieName(c, SESSION_COOKIE), { path: '/', secure: isHttps(c) })
}
