// What whoever is signed in may do, as the service says it: no screen holds a table of roles.
import { ContextConsumer, ContextProvider } from '@lit/context'
import type { ReactiveController, ReactiveElement } from 'lit'
import { session } from '../api/client.ts'
import { refusalsIn } from '../api/session.ts'
import type { Permission } from '../contract.ts'
import { refusalsContext, scopeContext } from './contexts.ts'

/** What an element may offer. Until the service has answered everything is: it refuses by itself. */
export class Rights {
  #refusals: ContextConsumer<typeof refusalsContext, ReactiveElement>
  #scope: ContextConsumer<typeof scopeContext, ReactiveElement>

  constructor(host: ReactiveElement) {
    this.#refusals = new ContextConsumer(host, { context: refusalsContext, subscribe: true })
    this.#scope = new ContextConsumer(host, { context: scopeContext, subscribe: true })
  }

  /**
   * Why something is not theirs to do, and whom to ask; empty when it is. `where` is the key of an environment, null for
   * the project as a whole; the environment on screen if it is left out.
   */
  refusal(permission: Permission, where?: string | null): string {
    const refusals = this.#refusals.value
    if (!refusals) return ''
    const environment = where === undefined ? this.#scope.value?.environment.key : where
    const there = environment ? refusals.environments[environment] : refusals
    return there?.refused[permission] ?? ''
  }

  has(permission: Permission, where?: string | null): boolean {
    return this.refusal(permission, where) === ''
  }
}

/** Asks what somebody may do in a project, and again after each refusal: rights may have changed. */
export class RightsFeed implements ReactiveController {
  #provider: ContextProvider<typeof refusalsContext, ReactiveElement>
  #followed = ''
  #project: string | null = null

  constructor(host: ReactiveElement) {
    this.#provider = new ContextProvider(host, { context: refusalsContext, initialValue: null })
    host.addController(this)
  }

  hostConnected(): void {
    session.addEventListener('refused', this.#ask)
  }

  hostDisconnected(): void {
    session.removeEventListener('refused', this.#ask)
  }

  /** Whose rights, and where; the same again is no change. */
  follow(actor: string | null, project: string | null): void {
    const followed = `${actor ?? ''}/${project ?? ''}`
    if (followed === this.#followed) return
    this.#followed = followed
    this.#project = actor === null ? null : project
    this.#provider.setValue(null)
    void this.#ask()
  }

  #ask = async () => {
    const [project, followed] = [this.#project, this.#followed]
    if (project === null) return
    // Not to know it refuses nobody anything: the service does that.
    const refusals = await refusalsIn(project).catch(() => null)
    if (refusals && followed === this.#followed) this.#provider.setValue(refusals)
  }
}
