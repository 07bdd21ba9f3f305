import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { cookieName, isHttps, SESSION_COOKIE } from '../access/session-cookie.ts'
import type { AppEnv } from '../http/app-env.ts'
import { addressOf } from '../http/network-of.ts'
import { ADDRESS_HEADER } from './auth-names.ts'

/** What better-auth calls its cookies, and what ours are called. Others of its cookies stay behind. */
const NAMES = new Map([
  ['rampart.session_token', SESSION_COOKIE],
  ['rampart.two_factor', 'rampart_second_factor'],
  ['rampart.state', 'rampart_oidc_state'],
])

/** The headers better-auth needs of a request: its cookies under its own names, and where it came from. */
export function authHeaders(c: Context<AppEnv>, proxies: number): Headers {
  const cookies = [...NAMES].flatMap(([theirs, ours]) => {
    const value = getCookie(c, cookieName(c, ours))
    return value === undefined ? [] : [`${theirs}=${encodeURIComponent(value)}`]
  })
  const headers = new Headers({ [ADDRESS_HEADER]: addressOf(c, proxies) })
  if (cookies.length > 0) headers.set('cookie', cookies.join('; '))
  headers.set('user-agent', (c.req.header('user-agent') ?? '').slice(0, 200))
  return headers
}

/** Hands the cookies of better-auth's answer on under our names and rules: HttpOnly, SameSite, and Secure by TLS. */
export function passCookies(c: Context<AppEnv>, answer: Headers): void {
  // A second factor sets the session and takes it back in the same answer: the last word counts.
  const last = new Map<string, { value: string; maxAgeS: number }>()
  for (const line of answer.getSetCookie()) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
    const maxAgeS = Number(/;\s*max-age=(\d+)/i.exec(line)?.[1] ?? 0)
    const ours = NAMES.get(name)
    if (ours) last.set(ours, { value: decodeURIComponent(value), maxAgeS })
  }
  for (const [ours, { value, maxAgeS }] of last) {
    const name = cookieName(c, ours)
    const secure = isHttps(c)
    if (value === '' || maxAgeS === 0) deleteCookie(c, name, { path: '/', secure })
    else setCookie(c, name, value, { httpOnly: true, sameSite: 'Lax', path: '/', secure, maxAge: maxAgeS })
  }
}
