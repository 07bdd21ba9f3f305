// Which pages may use a client key: a fence against other people's pages, no authentication. Only browsers say truly
// where a page comes from; whoever has the key and no browser says what they like.
import { z } from '@hono/zod-openapi'

const MOST_ORIGINS = 50
const FORM = 'Write scheme and host, and the port if it has one: https://shop.example, or https://*.shop.example.'

/** Origins as browsers send them, or with a wildcard for one label in front; none for pages of any origin. */
export const originsSchema = z
  .array(z.string().max(300).transform(readOrigin))
  .max(MOST_ORIGINS, `A key takes up to ${MOST_ORIGINS} origins. One with a wildcard stands for many.`)
  .transform((origins) => [...new Set(origins)])
  .openapi({ type: 'array', items: { type: 'string' }, maxItems: MOST_ORIGINS })

/** Spelled as a browser would: in lower case, without the usual port, in ASCII. */
function readOrigin(text: string, context: z.RefinementCtx): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const problem = url ? problemOf(url) : FORM
  if (url && !problem) return `${url.protocol}//${url.host}`
  context.addIssue({ code: 'custom', message: `"${text}" is not an origin. ${problem}` })
  return z.NEVER
}

function problemOf({ hostname, username, password, pathname, search, hash }: URL): string | undefined {
  if (hostname === '') return FORM
  if (username || password || search || hash || (pathname !== '' && pathname !== '/')) {
    return `It ends after host and port. ${FORM}`
  }
  const name = hostname.startsWith('*.') ? hostname.slice(2) : hostname
  if (name.includes('*') || (name !== hostname && !name.includes('.'))) {
    return 'A wildcard stands for one label in front of a name of two or more: https://*.shop.example.'
  }
  return undefined
}

/** Whether a page of this origin, as its browser says it, is meant. */
export function allowsOrigin(origins: readonly string[], origin: string): boolean {
  return origins.some((allowed) => allowed === origin || isOneLabelBelow(allowed, origin))
}

function isOneLabelBelow(allowed: string, origin: string): boolean {
  const [scheme = '', name] = allowed.split('*')
  if (name === undefined || !origin.startsWith(scheme) || !origin.endsWith(name)) return false
  return /^[^./:@]+$/.test(origin.slice(scheme.length, -name.length))
}

/** For sentences: "https://a.example, https://b.example and 3 more". */
export function listOrigins(origins: readonly string[]): string {
  const shown = origins.slice(0, 3).join(', ')
  return origins.length > 3 ? `${shown} and ${origins.length - 3} more` : shown
}
