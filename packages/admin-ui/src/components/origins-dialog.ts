import type WaDialog from '@awesome.me/webawesome/dist/components/dialog/dialog.js'
import type WaTextarea from '@awesome.me/webawesome/dist/components/textarea/textarea.js'
import { html, LitElement } from 'lit'
import { customElement, property, query } from 'lit/decorators.js'
import type { SdkKey } from '../contract.ts'
import { base } from '../styles/base.styles.ts'
import { controls } from '../styles/controls.styles.ts'
import { dialogs } from '../styles/dialog.styles.ts'
import { readOrigins } from '../words/origins.ts'
import { originsField } from './origins-field.ts'

export interface OriginsChange {
  id: string
  origins: string[]
}

/**
 * Asks which pages may use a client key from now on. It stays open until its page has saved them.
 *
 * @fires save-origins - detail: OriginsChange
 */
@customElement('origins-dialog')
export class OriginsDialog extends LitElement {
  static override styles = [base, controls, dialogs]

  @query('wa-dialog') private dialog!: WaDialog
  @query('wa-textarea') private field!: WaTextarea

  @property({ attribute: false }) sdkKey!: SdkKey

  @property() failure = ''

  @property({ type: Boolean }) saving = false

  /** Begins with what holds now, whatever was typed and left before. */
  open() {
    this.field.value = this.sdkKey.origins.join('\n')
    this.field.setAttribute('autofocus', '')
    this.dialog.open = true
  }

  close() {
    this.dialog.open = false
  }

  #save(event: SubmitEvent) {
    event.preventDefault()
    const origins = readOrigins(new FormData(event.target as HTMLFormElement).get('origins'))
    const detail: OriginsChange = { id: this.sdkKey.id, origins }
    this.dispatchEvent(new CustomEvent('save-origins', { detail }))
  }

  override render() {
    return html`<wa-dialog without-header label="Which pages may use the key of ${this.sdkKey.name}?">
      <form @submit=${this.#save}>
        <h2>Which pages may use the key of ${this.sdkKey.name}?</h2>
        ${originsField('trouble')}
        <p class="muted">Other pages are refused within five seconds, open ones too. The key stays the same.</p>
        <div class="error" id="trouble" role="alert" ?hidden=${!this.failure}>${this.failure}</div>
        <div class="row actions">
          <wa-button appearance="outlined" @click=${this.close}>Leave it</wa-button>
          <wa-button type="submit" variant="brand" ?disabled=${this.saving}>Save origins</wa-button>
        </div>
      </form>
    </wa-dialog>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'origins-dialog': OriginsDialog
  }
}
