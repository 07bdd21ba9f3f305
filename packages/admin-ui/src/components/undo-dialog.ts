import type WaDialog from '@awesome.me/webawesome/dist/components/dialog/dialog.js'
import { html, LitElement, nothing } from 'lit'
import { customElement, property, query, state } from 'lit/decorators.js'
import type { UndoAction } from '../contract.ts'
import { base } from '../styles/base.styles.ts'
import { controls } from '../styles/controls.styles.ts'
import { dialogs } from '../styles/dialog.styles.ts'
import './reason-field.ts'
import type { ReasonField } from './reason-field.ts'

/**
 * Says what taking a change back will do, and does it on a second press.
 *
 * @fires decide - detail: the reason, which may be empty
 */
@customElement('undo-dialog')
export class UndoDialog extends LitElement {
  static override styles = [base, controls, dialogs]

  @query('wa-dialog') private dialog!: WaDialog
  @query('reason-field') private reason!: ReasonField | null
  @state() private action: UndoAction | null = null

  @property() environment = ''

  @property({ type: Boolean }) saving = false

  @property() failure = ''

  async open(action: UndoAction) {
    this.action = action
    await this.updateComplete
    this.dialog.open = true
    this.reason?.clear()
  }

  close() {
    this.dialog.open = false
  }

  #decide(event: SubmitEvent) {
    event.preventDefault()
    const reason = this.reason?.read()
    if (reason === undefined || this.saving) return
    this.dispatchEvent(new CustomEvent('decide', { detail: reason }))
  }

  override render() {
    const { action } = this
    const will = action ? action.will.charAt(0).toUpperCase() + action.will.slice(1) : ''
    return html`<wa-dialog without-header label=${will || 'Undo'}>
      ${
        action
          ? html`<form @submit=${this.#decide} novalidate>
            <h2>${will}?</h2>
            <p>
              ${
                action.needsApproval
                  ? 'A second person has to approve it: this asks for it, and nothing changes before.'
                  : 'It becomes a new version; the history keeps both.'
              }
            </p>
            <reason-field autofocus .required=${action.needsReason} .environment=${this.environment}></reason-field>
            ${this.failure ? html`<p class="notice red" role="alert">${this.failure}</p>` : nothing}
            <div class="row apart">
              <wa-button appearance="outlined" @click=${() => this.close()}>Leave it</wa-button>
              <wa-button type="submit" variant="brand" ?disabled=${this.saving}>
                ${action.needsApproval ? 'Ask for it' : action.label}
              </wa-button>
            </div>
          </form>`
          : nothing
      }
    </wa-dialog>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'undo-dialog': UndoDialog
  }
}
