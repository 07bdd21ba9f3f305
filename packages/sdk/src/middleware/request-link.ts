// QA links in a web application: `?rampart=<token>` in any address of it, from then on a cookie of the session.
import type { LinkedClient } from '../qa-link.ts'
import type { RequestClient } from './request-flags.ts'

/** `?rampart=` without a token ends what an earlier one began. */
const PARAMETER = 'rampart'
const COOKIE = 'rampart_link'
const ATTRIBUTES = 'Path=/; HttpOnly; SameSite=Lax'
const TOKEN = /^[\w-]+\.[\w-]+$/

export interface SentLink {
  token: string
  from: 'address' | 'cookie'
}

/** What the request brought; undefined for nearly all requests, which then cost nothing more. */
export function linkIn(url: string, cookies: string | undefined): SentLink | undefined {
  const query = url.includes(`${PARAMETER}=`) ? new URLSearchParams(url.slice(url.indexOf('?') + 1)) : undefined
  const token = query?.get(PARAMETER) ?? undefined
  if (token !== undefined) return { token, from: 'address' }
  const kept = cookies?.includes(COOKIE) ? new RegExp(`(?:^|;\\s*)${COOKIE}=([^;]*)`).exec(cookies)?.[1] : undefined
  return kept === undefined ? undefined : { token: kept, from: 'cookie' }
}

export interface FollowedLink {
  client: RequestClient | LinkedClient
  /** For the answer. `Rampart-Link` says what holds, to whoever wonders; no cache may hand the answer to others. */
  headers: [name: string, value: string][]
}

/** Never rejects: a link that is not good changes nothing but a header. */
export async function followLink(
  client: RequestClient,
  { token, from }: SentLink,
  isSecure: boolean,
): Promise<FollowedLink> {
  const linked = TOKEN.test(token) ? await client.withLink(token) : undefined
  const attributes = isSecure ? `${ATTRIBUTES}; Secure` : ATTRIBUTES
  const headers: FollowedLink['headers'] = [['Cache-Control', 'private, no-store']]
  if (linked === undefined) {
    headers.push(['Rampart-Link', token === '' ? 'ended' : 'not valid here and now'])
    headers.push(['Set-Cookie', `${COOKIE}=; Max-Age=0; ${attributes}`])
    return { client, headers }
  }
  const { flag, variant } = linked.link
  headers.push(['Rampart-Link', `${encodeURIComponent(flag)}=${encodeURIComponent(variant)}`])
  if (from === 'address') headers.push(['Set-Cookie', `${COOKIE}=${token}; ${attributes}`])
  return { client: linked, headers }
}
