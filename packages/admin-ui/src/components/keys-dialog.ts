import type WaDialog from '@awesome.me/webawesome/dist/components/dialog/dialog.js'
import { css, html, LitElement } from 'lit'
import { customElement, property, query } from 'lit/decorators.js'
import { base } from '../styles/base.styles.ts'
import { controls } from '../styles/controls.styles.ts'
import { dialogs } from '../styles/dialog.styles.ts'

/** The list of keys that a page knows. */
@customElement('keys-dialog')
export class KeysDialog extends LitElement {
  static override styles = [
    base,
    controls,
    dialogs,
    css`
      dl {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: 8px 16px;
      }
    `,
  ]

  @query('wa-dialog') private dialog!: WaDialog

  /** Pairs of key and what it does. */
  @property({ attribute: false }) keys: [key: string, what: string][] = []

  open() {
    this.dialog.open = true
  }

  #leave(event: SubmitEvent) {
    event.preventDefault()
    this.dialog.open = false
  }

  override render() {
    return html`<wa-dialog without-header label="Keys">
      <form @submit=${this.#leave}>
        <h2>Keys</h2>
        <dl>
          ${this.keys.map(
            ([key, what]) =>
              html`<dt><kbd>${key}</kbd></dt>
                <dd>${what}</dd>`,
          )}
        </dl>
        <wa-button type="submit" appearance="outlined" autofocus>Close</wa-button>
      </form>
    </wa-dialog>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'keys-dialog': KeysDialog
  }
}
