import { css, html, LitElement } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { base } from '../styles/base.styles.ts'
import { controls } from '../styles/controls.styles.ts'

/**
 * What a screen shows when its data did not come: what happened, and the way to try again. It tries by itself when
 * somebody whose session had ended has signed in again.
 *
 * @fires retry
 */
@customElement('load-failure')
export class LoadFailure extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      .notice {
        display: grid;
        justify-items: start;
        gap: 8px;
        padding: 16px;
      }
    `,
  ]

  /** What could not be shown, for example "The flags". */
  @property() what = 'This page'

  /** The sentence of the failure. */
  @property() why = ''

  override connectedCallback() {
    super.connectedCallback()
    addEventListener('rampart-signed-in', this.#retry)
  }

  override disconnectedCallback() {
    super.disconnectedCallback()
    removeEventListener('rampart-signed-in', this.#retry)
  }

  #retry = () => this.dispatchEvent(new Event('retry'))

  override render() {
    return html`<div class="notice red" role="alert">
      <strong>${this.what} could not be loaded.</strong>
      <span>${this.why}</span>
      <wa-button appearance="outlined" @click=${this.#retry}>Try again</wa-button>
    </div>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'load-failure': LoadFailure
  }
}
