import type WaDialog from '@awesome.me/webawesome/dist/components/dialog/dialog.js'
import { html, LitElement, nothing } from 'lit'
import { customElement, property, query } from 'lit/decorators.js'
import type { EnvironmentComparison } from '../contract.ts'
import { base } from '../styles/base.styles.ts'
import { controls } from '../styles/controls.styles.ts'
import { dialogs } from '../styles/dialog.styles.ts'
import './difference-table.ts'
import './reason-field.ts'
import type { ReasonField } from './reason-field.ts'

/**
 * Serve here what another environment serves: choose it, look at the difference, copy.
 *
 * @fires choose - detail: key of the environment to compare with
 * @fires copy - detail: the reason
 */
@customElement('copy-dialog')
export class CopyDialog extends LitElement {
  static override styles = [base, controls, dialogs]

  @query('wa-dialog') private dialog!: WaDialog
  @query('reason-field') private why!: ReasonField

  @property() flagKey = ''

  /** Key of the environment that would change. */
  @property() environment = ''

  /** Keys of the others. */
  @property({ attribute: false }) others: string[] = []

  /** Null while nothing is chosen, or it is being asked for. */
  @property({ attribute: false }) comparison: EnvironmentComparison | null = null

  @property() failure = ''

  @property({ type: Boolean }) saving = false

  open() {
    this.why.clear()
    this.dialog.open = true
  }

  close() {
    this.dialog.open = false
  }

  #choose(event: Event) {
    this.dispatchEvent(new CustomEvent('choose', { detail: (event.target as HTMLSelectElement).value }))
  }

  #copy(event: SubmitEvent) {
    event.preventDefault()
    const reason = this.why.read()
    if (reason === undefined) return
    this.dispatchEvent(new CustomEvent('copy', { detail: reason }))
  }

  override render() {
    const differs = (this.comparison?.difference.length ?? 0) > 0
    return html`<wa-dialog without-header label="Change ${this.flagKey} in ${this.environment}">
      <form @submit=${this.#copy}>
        <h2>Change <code>${this.flagKey}</code> in ${this.environment}</h2>
        <div class="field">
          <label for="from">Serve what is served in</label>
          <select id="from" class="input" autofocus @change=${this.#choose}>
            <option value="" ?selected=${this.comparison === null}>choose</option>
            ${this.others.map((key) => html`<option value=${key}>${key}</option>`)}
          </select>
        </div>
        ${this.#difference()}
        <reason-field></reason-field>
        <div class="error" role="alert" ?hidden=${!this.failure}>${this.failure}</div>
        <div class="row actions">
          <wa-button appearance="outlined" @click=${this.close}>Cancel</wa-button>
          <wa-button type="submit" variant="brand" ?disabled=${this.saving || !differs}>Copy to ${this.environment}</wa-button>
        </div>
      </form>
    </wa-dialog>`
  }

  #difference() {
    if (!this.comparison) return nothing
    const { from, difference } = this.comparison
    if (difference.length === 0) return html`<p>${this.environment} serves the same as ${from} already.</p>`
    return html`<difference-table
        .rows=${difference}
        left="Now in ${this.environment}"
        right="As in ${from}"
      ></difference-table>
      <p class="muted small">A kill is never copied.</p>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'copy-dialog': CopyDialog
  }
}
