// Secrets, shown once, and links that act.
import type { Rights } from './projects.ts'

export interface SdkKey {
  id: string
  kind: 'server' | 'client'
  name: string
  prefix: string
  /** The only pages that may use a client key; none for pages of any origin. */
  origins: string[]
  createdAt: string
  createdBy: string
  expiresAt: string | null
  lastUsedAt: string | null
  /** Another key has taken its place; it goes on until `expiresAt`. */
  replaced: boolean
}

export interface NewSdkKey extends SdkKey {
  /** The secret itself: this answer is the only place where it ever appears. */
  key: string
}

/** What is asked for when a key is made. */
export interface SdkKeyRequest {
  kind: 'server' | 'client'
  name: string
  days?: number
  origins?: string[]
}

export interface NewQaLink {
  variant: string
  expiresInSeconds: number
}

export interface QaLink {
  flag: string
  variant: string
  environment: string
  expiresAt: string
  /** Stands behind `?rampart=`; this answer is the only place where it ever appears. */
  token: string
}

/** An address with which an alert manager kills a flag. */
export interface Trigger {
  id: string
  name: string
  prefix: string
  expiresAt: string
  lastUsedAt: string | null
  /** What came of the last use, in words. */
  lastOutcome: string | null
}

export interface NewTrigger extends Trigger {
  /** What follows the address of the service: this answer is the only place where it ever appears. */
  path: string
}

export interface ApiToken extends Rights {
  id: string
  name: string
  prefix: string
  everywhere: boolean
  environments: string[] | null
  /** The value of RAMPART_ADMIN_TOKEN: it ends when that changes. */
  fromEnvironment: boolean
  createdAt: string
  createdBy: string
  expiresAt: string | null
  lastUsedAt: string | null
  replaced: boolean
}

export interface NewApiToken extends ApiToken {
  /** The secret itself: this answer is the only place where it ever appears. */
  token: string
}

export interface TokenRequest extends Rights {
  name: string
  environments?: string[]
  days?: number
}
