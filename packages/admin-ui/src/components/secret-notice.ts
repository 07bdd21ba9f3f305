import { css, html, LitElement } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { copyText } from '../state/copy-text.ts'
import { base } from '../styles/base.styles.ts'
import { controls } from '../styles/controls.styles.ts'

/** A secret in the one moment in which it can be read. What to do with it stands in the slot. */
@customElement('secret-notice')
export class SecretNotice extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      .notice {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 12px;
        margin-bottom: 16px;
        border-color: var(--accent);
      }
      code {
        user-select: all;
      }
    `,
  ]

  /** What is copied. */
  @property() secret = ''

  /** What it is called on the button: "the link". */
  @property() what = 'it'

  @state() private copied = ''

  async #copy() {
    if (await copyText(this.secret)) this.copied = this.secret
  }

  override render() {
    return html`<div class="notice">
      <p><slot></slot></p>
      <div class="row">
        <code>${this.secret}</code>
        <wa-button
          appearance="outlined"
          size="s"
          @click=${this.#copy}
        >${this.copied === this.secret ? 'Copied' : `Copy ${this.what}`}</wa-button>
      </div>
    </div>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'secret-notice': SecretNotice
  }
}
