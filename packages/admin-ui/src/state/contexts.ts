// Narrow contexts: an element asks for the one thing it needs and is drawn again when that changes.
import { createContext } from '@lit/context'
import type { Environment } from '../contract.ts'
import type { LiveFeed } from './live-feed.ts'

/** Where we are: the project, the environment on screen, and its siblings in their order. */
export interface Scope {
  project: string
  environment: Environment
  environments: Environment[]
}

export const scopeContext = createContext<Scope>(Symbol('scope'))

/** Changes made by anybody, as they happen. */
export const liveContext = createContext<LiveFeed>(Symbol('live'))
