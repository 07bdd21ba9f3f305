// People, their sessions, and how they come in.
import type { Rights, Role } from './projects.ts'

export interface SignInWays {
  /** Nobody has an account yet. */
  setUp: boolean
  /** Name of the identity provider, if there is one. */
  oidc: string | null
}

/** What an invitation promises, and to whom. */
export interface Invited {
  email: string
  role: Role
  invitedBy: string
}

export interface Member extends Rights {
  id: string
  name: string
  email: string
  secondFactor: boolean
  lastSeenAt: string | null
  /** By a role in all projects, not in this one. */
  everywhere: boolean
  /** The group at the identity provider that gives the role; null where it was given by hand. */
  group: string | null
}

export interface Invitation extends Rights {
  id: string
  email: string
  everywhere: boolean
  createdBy: string
  expiresAt: string
}

export interface NewInvitation extends Rights {
  email: string
}

export interface Account {
  name: string
  email: string
  secondFactor: boolean
  hasPassword: boolean
}

export interface OwnSession {
  id: string
  /** The one that asks. */
  current: boolean
  address: string
  browser: string
  createdAt: string
  lastSeenAt: string
  expiresAt: string
}

export interface SecondFactorStart {
  /** What a QR code carries. */
  uri: string
  secret: string
  backupCodes: string[]
}
