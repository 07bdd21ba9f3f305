// Projects, their environments, and who may do what there.

export interface Actor {
  kind: string
  id: string
  name: string
}

export interface Environment {
  key: string
  name: string
  production: boolean
  position: number
  revision: number
  /** Every change of what is served must say why. */
  reasonRequired: boolean
  /** An edit waits for a second person; a kill and a ramp down never do. */
  approvalRequired: boolean
}

export interface Project {
  key: string
  name: string
  environments: Environment[]
}

/** An event of the console's own stream: something changed in this environment. */
export interface EnvironmentChange {
  environment: string
  revision: number
  flags: string[]
}

export type Role = 'viewer' | 'operator' | 'editor' | 'admin'

/** What somebody may do in a project. */
export interface Rights {
  role: Role
  /** Its writes reach production too. */
  production: boolean
  /** May kill and restore everywhere, whatever the role. */
  kill: boolean
}

/** Rights of whoever asks; `project` null means every project. */
export interface HeldGrant extends Rights {
  project: string | null
  environments: string[] | null
}

/** What a button may need; who has it only the service knows. */
export type Permission =
  | 'projects:write'
  | 'settings:write'
  | 'flags:create'
  | 'flags:write'
  | 'flags:kill'
  | 'ramps:write'
  | 'ramps:stop'
  | 'approvals:write'
  | 'sdk-keys:write'
  | 'triggers:write'

type Refused = Partial<Record<Permission, string>>

/** What somebody may not do in a project, and in each of its environments; a permission that is not named they have. */
export interface Refusals {
  refused: Refused
  environments: Record<string, { refused: Refused }>
}
