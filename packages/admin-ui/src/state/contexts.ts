// Narrow contexts: an element asks for the one thing it needs and is drawn again when that changes.
import { createContext } from '@lit/context'
import type { Attribute, Environment, Refusals } from '../contract.ts'
import type { LiveFeed } from './live-feed.ts'
import type { Reader } from './surroundings.ts'

/** Where we are: the project, the environment on screen, and its siblings in their order. */
export interface Scope {
  project: string
  environment: Environment
  environments: Environment[]
}

export const scopeContext = createContext<Scope>(Symbol('scope'))

/** What whoever is signed in may not do here; null while it is not known. */
export const refusalsContext = createContext<Refusals | null>(Symbol('refusals'))

/** Changes made by anybody, as they happen. */
export const liveContext = createContext<LiveFeed>(Symbol('live'))

/** Other flags and segments of the environment on screen, for whatever depends on them. */
export const readerContext = createContext<Reader>(Symbol('reader'))

/** Attributes that applications give, offered where rules are written. */
export const attributesContext = createContext<readonly Attribute[]>(Symbol('attributes'))
