import { consume } from '@lit/context'
import { html, LitElement } from 'lit'
import { customElement, query, state } from 'lit/decorators.js'
import { listFlags } from '../api/flags.ts'
import '../components/jump-dialog.ts'
import type { JumpDialog } from '../components/jump-dialog.ts'
import type { FlagSummary } from '../contract.ts'
import { navigate, ROOMS, routeTo } from '../routes.ts'
import { scopeContext, type Scope } from '../state/contexts.ts'
import { findJumps, type JumpTarget } from '../state/jump-search.ts'
import { askKill } from '../state/kill-request.ts'

/** The command palette: Ctrl K from anywhere. The frame owns one. */
@customElement('jump-panel')
export class JumpPanel extends LitElement {
  @consume({ context: scopeContext, subscribe: true })
  private scope?: Scope

  @query('jump-dialog') private dialog!: JumpDialog

  @state() private words = ''
  @state() private flags: FlagSummary[] = []

  #asking: AbortController | null = null

  /** Opens it at once with what is known; the flags are asked for again meanwhile. */
  open(): void {
    if (!this.scope) return
    this.dialog.open()
    void this.#ask(this.scope.project)
  }

  override connectedCallback() {
    super.connectedCallback()
    document.addEventListener('keydown', this.#press)
  }

  override disconnectedCallback() {
    super.disconnectedCallback()
    document.removeEventListener('keydown', this.#press)
    this.#asking?.abort()
  }

  #press = (event: KeyboardEvent) => {
    if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return
    event.preventDefault()
    // Over another dialog it would hide the question that is open.
    if (event.composedPath().some((target) => target instanceof HTMLDialogElement)) return
    this.open()
  }

  async #ask(project: string) {
    this.#asking?.abort()
    this.#asking = new AbortController()
    // Pages and environments are there without it; the list says by itself that a flag is not known.
    const flags = await listFlags(project, this.#asking.signal).catch(() => null)
    if (flags) this.flags = flags
  }

  #go({ kind, key }: JumpTarget) {
    if (!this.scope) return
    const { project, environment } = this.scope
    switch (kind) {
      case 'page':
        return navigate(routeTo(project, environment.key, key))
      case 'environment':
        return navigate(routeTo(project, key, 'flags'))
      case 'flag':
        return navigate(routeTo(project, environment.key, 'flags', key))
      case 'ramp':
        return navigate(`${routeTo(project, environment.key, 'flags', key)}#ramp`)
      case 'kill':
      case 'restore':
        return askKill(this, { action: kind, flag: key, environment: environment.key, offVariant: null, namedIds: 0 })
    }
  }

  override render() {
    const environments = this.scope?.environments.map(({ key }) => key) ?? []
    const world = { rooms: ROOMS, environment: this.scope?.environment.key ?? '', environments, flags: this.flags }
    return html`<jump-dialog
      .targets=${findJumps(world, this.words)}
      @search=${(event: CustomEvent<string>) => {
        this.words = event.detail
      }}
      @go=${(event: CustomEvent<JumpTarget>) => this.#go(event.detail)}
    ></jump-dialog>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'jump-panel': JumpPanel
  }
}
