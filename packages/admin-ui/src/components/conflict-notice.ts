import { css, html, LitElement } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import type { StaleVersion } from '../contract.ts'
import { base } from '../styles/base.styles.ts'
import { controls } from '../styles/controls.styles.ts'
import './difference-table.ts'

/**
 * Somebody saved first: theirs beside yours, and the choice.
 *
 * @fires keep-mine
 * @fires take-theirs
 */
@customElement('conflict-notice')
export class ConflictNotice extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      .notice {
        display: grid;
        gap: 12px;
      }
    `,
  ]

  @property({ attribute: false }) conflict!: StaleVersion

  override render() {
    const { current, difference } = this.conflict
    return html`<div class="notice amber" role="alert">
      <p><strong>Not saved: ${current.updatedBy ?? 'somebody else'} saved first.</strong> Compare, then choose.</p>
      <difference-table .rows=${difference} left="Theirs" right="Yours"></difference-table>
      <div class="row">
        <wa-button appearance="outlined" @click=${() => this.dispatchEvent(new Event('take-theirs'))}>
          Take theirs
        </wa-button>
        <wa-button appearance="outlined" @click=${() => this.dispatchEvent(new Event('keep-mine'))}>
          Save mine over it
        </wa-button>
      </div>
    </div>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'conflict-notice': ConflictNotice
  }
}
