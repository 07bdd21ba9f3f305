import type WaDialog from '@awesome.me/webawesome/dist/components/dialog/dialog.js'
import { html, LitElement } from 'lit'
import { customElement, property, query } from 'lit/decorators.js'
import { told } from '../controls/told.ts'
import { base } from '../styles/base.styles.ts'
import { controls } from '../styles/controls.styles.ts'
import { dialogs } from '../styles/dialog.styles.ts'

export interface CloneRequest {
  key: string
  name: string
}

/**
 * Asks for the key of a new flag that begins as a copy of this one.
 *
 * @fires clone - detail: CloneRequest
 */
@customElement('clone-dialog')
export class CloneDialog extends LitElement {
  static override styles = [base, controls, dialogs]

  @query('wa-dialog') private dialog!: WaDialog

  @property() flagKey = ''

  @property() failure = ''

  @property({ type: Boolean }) saving = false

  open() {
    this.dialog.open = true
  }

  close() {
    this.dialog.open = false
  }

  #clone(event: SubmitEvent) {
    event.preventDefault()
    const data = new FormData(event.target as HTMLFormElement)
    const text = (name: string) => String(data.get(name) ?? '').trim()
    this.dispatchEvent(new CustomEvent<CloneRequest>('clone', { detail: { key: text('key'), name: text('name') } }))
  }

  override render() {
    return html`<wa-dialog without-header label="Clone ${this.flagKey}">
      <form @submit=${this.#clone}>
        <h2>Clone <code>${this.flagKey}</code></h2>
        <p class="muted">Variants, targets and rules are taken over. The clone is off everywhere, and chooses other people.</p>
        <wa-input
          id="key"
          class="mono"
          label="Key"
          name="key"
          required
          autocomplete="off"
          spellcheck="false"
          autofocus
          ${told('trouble')}
        ></wa-input>
        <wa-input id="name" name="name" label="Name" autocomplete="off"></wa-input>
        <div class="error" id="trouble" role="alert" ?hidden=${!this.failure}>${this.failure}</div>
        <div class="row actions">
          <wa-button appearance="outlined" @click=${this.close}>Cancel</wa-button>
          <wa-button type="submit" variant="brand" ?disabled=${this.saving}>Clone</wa-button>
        </div>
      </form>
    </wa-dialog>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'clone-dialog': CloneDialog
  }
}
