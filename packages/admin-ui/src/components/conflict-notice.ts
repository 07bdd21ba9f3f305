import { css, html, LitElement } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import type { StaleVersion } from '../contract.ts'
import { base } from '../styles/base.styles.ts'
import { controls } from '../styles/controls.styles.ts'
import { pathInWords, valueInWords } from '../words/difference.ts'

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
      .scroll {
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

  @property({ attribute: false }) conflict!: StaleVersion

  override render() {
    const { current, difference } = this.conflict
    return html`<div class="notice amber" role="alert">
      <p><strong>Not saved: ${current.updatedBy ?? 'somebody else'} saved first.</strong> Compare, then choose.</p>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">What</th>
              <th scope="col">Theirs</th>
              <th scope="col">Yours</th>
            </tr>
          </thead>
          <tbody>
            ${difference.map(
              ({ path, yours, current }) =>
                html`<tr>
                  <th scope="row">${pathInWords(path)}</th>
                  <td><code>${valueInWords(path, current)}</code></td>
                  <td><code>${valueInWords(path, yours)}</code></td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
      <div class="row">
        <button type="button" class="button" @click=${() => this.dispatchEvent(new Event('take-theirs'))}>
          Take theirs
        </button>
        <button type="button" class="button" @click=${() => this.dispatchEvent(new Event('keep-mine'))}>
          Save mine over it
        </button>
      </div>
    </div>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'conflict-notice': ConflictNotice
  }
}
