import { css, LitElement, svg, html } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { encode } from 'uqr'
import { base } from '../styles/base.styles.ts'

/** A QR code, always dark on white: cameras do not read it the other way round. */
@customElement('qr-code')
export class QrCode extends LitElement {
  static override styles = [
    base,
    css`
      svg {
        display: block;
        width: 180px;
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: #ffffff;
      }
    `,
  ]

  /** What it carries. */
  @property() text = ''

  /** What it is, for those who do not see it. */
  @property() label = ''

  override render() {
    const { data, size } = encode(this.text, { border: 3 })
    const squares = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])))
    return html`<svg viewBox="0 0 ${size} ${size}" role="img" aria-label=${this.label}>
      ${svg`<path d=${squares.join('')} fill="#000000" shape-rendering="crispEdges"></path>`}
    </svg>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'qr-code': QrCode
  }
}
