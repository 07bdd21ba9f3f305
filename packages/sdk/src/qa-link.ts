// QA links: signed by the service, checked here without asking it, against the public key that came with the flags. Who
// holds one gets one variant of one flag, and is left out of everything that is counted.
import { compileSnapshot, type FlagDocument, type User } from '@rampart/evaluation'
import type { Client } from './client.ts'
import { explainFlag, type Explanation } from './explanation.ts'
import { serveOnly } from './overrides.ts'

/** The client as the holder of a link meets it. */
export interface LinkedClient extends Pick<Client, 'isEnabled' | 'explain' | 'track'> {
  /** What the link is for. */
  readonly link: QaLink
}

export interface QaLink {
  readonly flag: string
  readonly variant: string
}

export interface CheckedLink extends QaLink {
  /** Seconds since 1970. */
  readonly expiresAt: number
}

const LONGEST_TOKEN = 1_024
const MOST_REMEMBERED = 100
/** As the service signs it. */
const PURPOSE = 'rampart-link.1.'

const encoder = new TextEncoder()

/** Checks tokens, and remembers those that were good: a session sends the same one with each of its requests. */
export class LinkCheck {
  private readonly good = new Map<string, CheckedLink>()
  private key = ''

  /**
   * What the token says, or undefined: forged, of another environment, malformed or expired. Never rejects.
   * @param key the environment's public key, base64url; undefined when it has none
   * @param now milliseconds since 1970
   */
  async read(token: string, key: string | undefined, now: number): Promise<CheckedLink | undefined> {
    if (key === undefined || typeof token !== 'string' || token.length > LONGEST_TOKEN) return undefined
    if (key !== this.key) this.good.clear()
    this.key = key
    const link = this.good.get(token) ?? (await verify(token, key).catch(() => undefined))
    if (link === undefined) return undefined
    if (this.good.size >= MOST_REMEMBERED) this.good.clear()
    if (key === this.key) this.good.set(token, link)
    return now < link.expiresAt * 1_000 ? link : undefined
  }
}

async function verify(token: string, key: string): Promise<CheckedLink | undefined> {
  const [content = '', signature = '', ...more] = token.split('.')
  if (more.length > 0) return undefined
  const { subtle } = crypto
  const publicKey = await subtle.importKey('raw', bytesOf(key), 'Ed25519', false, ['verify'])
  const isGood = await subtle.verify('Ed25519', publicKey, bytesOf(signature), encoder.encode(PURPOSE + content))
  if (!isGood) return undefined
  const { f: flag, v: variant, x: expiresAt } = JSON.parse(new TextDecoder().decode(bytesOf(content)))
  const isWhole = typeof flag === 'string' && typeof variant === 'string' && typeof expiresAt === 'number'
  return isWhole ? { flag, variant, expiresAt } : undefined
}

function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64url.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0))
}

/**
 * Answers as the client does, but for the flag of the link, which serves its variant; a killed flag stays killed. Counts
 * nothing of any flag: what somebody does who tries things out is nobody's statistics.
 * @param documentOf the flag as it is held
 */
export function linkedClient(
  client: Pick<Client, 'explain' | 'status'>,
  { flag, variant }: QaLink,
  documentOf: (flag: string) => FlagDocument | undefined,
): LinkedClient {
  function explain(key: string, user: User): Explanation {
    const document = key === flag ? documentOf(key) : undefined
    const hasVariant = document?.variants.some(({ name }) => name === variant)
    if (document === undefined || !hasVariant || document.killed) return client.explain(key, user)
    const { epoch, revision, project, environment } = client.status()
    const flags = [serveOnly(document, variant)]
    const compiled = compileSnapshot({ epoch, revision, project, environment, flags, segments: [] })
    return explainFlag({ flags: { compiled }, sourceOf: () => 'link' }, key, user)
  }

  return {
    link: { flag, variant },
    explain,
    isEnabled: (key, user, fallback = false) => explain(key, user).enabled ?? fallback,
    track: () => undefined,
  }
}
