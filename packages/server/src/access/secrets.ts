import { hash, randomBytes } from 'node:crypto'

/** What stands at the beginning of each kind of secret, so that people and secret scanners can tell them apart. */
export const SECRET_PREFIX = {
  apiToken: 'rpt_',
  serverKey: 'rps_',
  clientKey: 'rpc_',
  /** Cookie of somebody who signed in with an API token. */
  session: 'rss_',
  setUpLink: 'rsu_',
  invitation: 'rpi_',
  trigger: 'rpk_',
} as const

/** A secret of 256 random bits with its visible prefix. */
export function createSecret(prefix: string): string {
  return prefix + randomBytes(32).toString('base64url')
}

/**
 * What is stored and looked up. Secrets are random, so a plain SHA-256 is enough; and finding a row by hash leaks no
 * timing about the secret itself, which a comparison byte by byte would.
 */
export function hashSecret(secret: string): string {
  return hash('sha256', secret)
}

/** The part of a secret that lists show, enough to recognise it. */
export function visiblePrefix(secret: string): string {
  return secret.slice(0, 8)
}
