// The key pair that signs the QA links of an environment. SDKs get the public half with the snapshot and check links by
// themselves; what they hold can forge nothing.
import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto'

export interface LinkKey {
  /** The 32 bytes of the Ed25519 public key, base64url. */
  publicKey: string
  /** PKCS #8, base64. Leaves the database for nothing but a signature. */
  privateKey: string
}

/** What a link says: who follows it gets this variant of this flag until then. */
export interface LinkContent {
  flag: string
  variant: string
  expiresAt: Date
}

/** Stands before what is signed, so that a signature made for anything else is never a link. */
const PURPOSE = 'rampart-link.1.'

export function createLinkKey(): LinkKey {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  return {
    publicKey: publicKey.export({ format: 'jwk' }).x ?? '',
    privateKey: privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
  }
}

/** `content.signature`, both base64url: may stand in an address and in a cookie as it is. */
export function signLink({ flag, variant, expiresAt }: LinkContent, { privateKey }: LinkKey): string {
  const seconds = Math.floor(expiresAt.getTime() / 1000)
  const content = Buffer.from(JSON.stringify({ f: flag, v: variant, x: seconds })).toString('base64url')
  const key = createPrivateKey({ key: Buffer.from(privateKey, 'base64'), format: 'der', type: 'pkcs8' })
  return `${content}.${sign(null, Buffer.from(PURPOSE + content), key).toString('base64url')}`
}
