import { css, html, LitElement } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import type { Step } from '../contract.ts'
import { base } from '../styles/base.styles.ts'
import { differences, pathInWords, valueInWords } from '../words/difference.ts'

/** Values that every change moves and nobody reads. */
const NOISE = /^(?:version|revision|allocation|updatedAt|updatedBy|state|share)$/

/** Field by field, what stands on either side: of two versions, or before and after a request. */
@customElement('step-list')
export class StepList extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        overflow-x: auto;
      }
      table {
        width: 100%;
        border-collapse: collapse;
      }
      th,
      td {
        padding: 6px 16px 6px 0;
        border-bottom: 1px solid var(--line);
        text-align: left;
        vertical-align: top;
        font-weight: 400;
      }
      tbody tr:last-child > * {
        border-bottom: 0;
      }
      thead th {
        color: var(--ink-2);
        font-size: var(--size-12);
        font-weight: 500;
      }
      tbody th {
        width: 30%;
        color: var(--ink-2);
      }
      td {
        width: 35%;
        overflow-wrap: anywhere;
      }
    `,
  ]

  @property({ attribute: false }) steps: Step[] = []

  /** What the columns are called. */
  @property() left = 'Before'

  @property() right = 'After'

  override render() {
    // Lists are compared whole by the service; here each of their parts stands alone.
    const parts = this.steps
      .flatMap(({ path, before, after }) => differences(before ?? undefined, after ?? undefined, path))
      .filter(({ path }) => !NOISE.test(path.split('.').at(-1) ?? ''))
    if (parts.length === 0) return html`<p class="muted">No difference in the configuration.</p>`
    return html`<table>
      <thead>
        <tr>
          <th scope="col">What</th>
          <th scope="col">${this.left}</th>
          <th scope="col">${this.right}</th>
        </tr>
      </thead>
      <tbody>
        ${parts.map(
          ({ path, before, after }) =>
            html`<tr>
              <th scope="row">${pathInWords(path)}</th>
              <td><code>${valueInWords(path, before)}</code></td>
              <td><code>${valueInWords(path, after)}</code></td>
            </tr>`,
        )}
      </tbody>
    </table>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'step-list': StepList
  }
}
