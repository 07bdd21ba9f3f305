import { css, html, LitElement } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import type { StaleVersion } from '../contract.ts'
import { base } from '../styles/base.styles.ts'
import { pathInWords, valueInWords } from '../words/difference.ts'

/** Two documents beside each other, only where they differ. */
@customElement('difference-table')
export class DifferenceTable extends LitElement {
  static override styles = [
    base,
    css`
      div {
        overflow-x: auto;
      }
      table {
        width: 100%;
        border-collapse: collapse;
        font-size: var(--size-14);
      }
      th,
      td {
        padding: 6px 12px 6px 0;
        border-bottom: 1px solid var(--line-strong);
        text-align: left;
        vertical-align: top;
      }
      td {
        overflow-wrap: anywhere;
      }
    `,
  ]

  /** `current` stands left, `yours` right. */
  @property({ attribute: false }) rows: StaleVersion['difference'] = []

  /** Head of the left column. */
  @property() left = 'Now'

  /** Head of the right column. */
  @property() right = 'Then'

  override render() {
    return html`<div>
      <table>
        <thead>
          <tr>
            <th scope="col">What</th>
            <th scope="col">${this.left}</th>
            <th scope="col">${this.right}</th>
          </tr>
        </thead>
        <tbody>
          ${this.rows.map(
            ({ path, yours, current }) =>
              html`<tr>
                <th scope="row">${pathInWords(path)}</th>
                <td><code>${valueInWords(path, current)}</code></td>
                <td><code>${valueInWords(path, yours)}</code></td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'difference-table': DifferenceTable
  }
}
