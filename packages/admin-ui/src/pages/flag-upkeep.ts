import { consume } from '@lit/context'
import { Task } from '@lit/task'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, query, state } from 'lit/decorators.js'
import { cloneFlag, compareEnvironments, copyConfiguration, listDependents, listStaleFlags } from '../api/inventory.ts'
import '../components/clone-dialog.ts'
import type { CloneDialog, CloneRequest } from '../components/clone-dialog.ts'
import '../components/copy-dialog.ts'
import type { CopyDialog } from '../components/copy-dialog.ts'
import type { Dependent, EnvironmentComparison } from '../contract.ts'
import { navigate, routeTo } from '../routes.ts'
import { announce } from '../state/announce.ts'
import { scopeContext, type Scope } from '../state/contexts.ts'
import { errorText } from '../state/errors.ts'
import { Rights } from '../state/rights.ts'
import { base } from '../styles/base.styles.ts'
import { card } from '../styles/card.styles.ts'
import { controls } from '../styles/controls.styles.ts'

/**
 * The upkeep card: whether the flag is still needed, who depends on it, and making others of it.
 *
 * @fires changed - a configuration was copied
 */
@customElement('flag-upkeep')
export class FlagUpkeep extends LitElement {
  static override styles = [
    base,
    controls,
    card,
    css`
      .stack {
        display: grid;
        gap: 12px;
      }
    `,
  ]

  @consume({ context: scopeContext, subscribe: true })
  @state()
  private scope!: Scope

  @query('clone-dialog') private cloneDialog!: CloneDialog
  @query('copy-dialog') private copyDialog!: CopyDialog

  @property() flagKey = ''

  /** Grows when somebody changed the flag. */
  @property({ type: Number }) changes = 0

  @state() private saving = false
  @state() private failure = ''
  @state() private comparison: EnvironmentComparison | null = null

  #rights = new Rights(this)

  #facts = new Task(this, {
    args: () => [this.scope.project, this.flagKey, this.changes] as const,
    task: async ([project, flag], { signal }) => {
      const [stale, dependents] = await Promise.all([
        listStaleFlags(project, signal),
        listDependents(project, flag, signal),
      ])
      return { stale: stale.find((one) => one.flag === flag), dependents }
    },
  })

  async #clone({ key, name }: CloneRequest) {
    const { project, environment } = this.scope
    await this.#attempt(async () => {
      const clone = await cloneFlag(project, this.flagKey, key, name)
      this.cloneDialog.close()
      announce(this, `Cloned as ${clone.key}.`)
      navigate(routeTo(project, environment.key, 'flags', clone.key))
    })
  }

  async #compare(from: string) {
    this.comparison = null
    if (!from) return
    const { project, environment } = this.scope
    await this.#attempt(async () => {
      const { signal } = new AbortController()
      this.comparison = await compareEnvironments(project, this.flagKey, environment.key, from, signal)
    })
  }

  async #copy(reason: string) {
    if (!this.comparison) return
    const { from, etag } = this.comparison
    const { project, environment } = this.scope
    await this.#attempt(async () => {
      await copyConfiguration(project, this.flagKey, environment.key, from, etag, reason)
      this.comparison = null
      this.copyDialog.close()
      announce(this, `${environment.key} serves what ${from} serves.`)
      this.dispatchEvent(new Event('changed'))
    })
  }

  async #attempt(act: () => Promise<void>) {
    this.saving = true
    this.failure = ''
    try {
      await act()
    } catch (error) {
      this.failure = errorText(error)
    } finally {
      this.saving = false
    }
  }

  #open(dialog: { open(): void }) {
    this.failure = ''
    dialog.open()
  }

  override render() {
    const { environment, environments } = this.scope
    const others = environments.map(({ key }) => key).filter((key) => key !== environment.key)
    return html`<section class="card" aria-labelledby="title">
      <header>
        <h2 id="title">Upkeep</h2>
        <span class="row">
          ${
            this.#rights.has('flags:create', null)
              ? html`<wa-button appearance="outlined" size="s" @click=${() => this.#open(this.cloneDialog)}>Clone</wa-button>`
              : nothing
          }
          ${
            others.length > 0 && this.#rights.has('flags:write')
              ? html`<wa-button appearance="outlined" size="s" @click=${() => this.#open(this.copyDialog)}>
                Copy from an environment
              </wa-button>`
              : nothing
          }
        </span>
      </header>
      <div class="stack">${this.#state()}</div>
      <clone-dialog
        .flagKey=${this.flagKey}
        .saving=${this.saving}
        .failure=${this.failure}
        @clone=${(event: CustomEvent<CloneRequest>) => this.#clone(event.detail)}
      ></clone-dialog>
      <copy-dialog
        .flagKey=${this.flagKey}
        .environment=${environment.key}
        .others=${others}
        .comparison=${this.comparison}
        .saving=${this.saving}
        .failure=${this.failure}
        @choose=${(event: CustomEvent<string>) => this.#compare(event.detail)}
        @copy=${(event: CustomEvent<string>) => this.#copy(event.detail)}
      ></copy-dialog>
    </section>`
  }

  #state() {
    const facts = this.#facts.value
    if (!facts) return this.#facts.error ? html`<p class="muted">${errorText(this.#facts.error)}</p>` : nothing
    const { stale, dependents } = facts
    return html`<p>${stale ? html`<strong>Clean up?</strong> ${stale.sentence}` : 'Nothing to clean up.'}</p>
      ${dependents.length > 0 ? this.#dependents(dependents) : html`<p class="muted">No other flag depends on it.</p>`}`
  }

  #dependents(dependents: Dependent[]) {
    return html`<div>
      <p>These flags are off unless this one serves what they need:</p>
      <ul>
        ${dependents.map(
          ({ flag, environment, variants }) =>
            html`<li>
              <a class="mono" href=${routeTo(this.scope.project, environment, 'flags', flag)}>${flag}</a>
              in ${environment} needs ${variants.join(' or ')}
            </li>`,
        )}
      </ul>
    </div>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'flag-upkeep': FlagUpkeep
  }
}
