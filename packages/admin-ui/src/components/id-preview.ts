import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { Configuration, ConfigurationEdit, Flag } from '../contract.ts'
import { type Fate, fates } from '../state/preview.ts'
import { base } from '../styles/base.styles.ts'
import { controls } from '../styles/controls.styles.ts'

/** More would only be read by a machine, and a machine has the SDK. */
const MOST_IDS = 200

/** Paste a few ids and see what each gets now and after saving, by the very code that applications run. */
@customElement('id-preview')
export class IdPreview extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      summary {
        color: var(--accent);
        font-weight: 500;
        cursor: pointer;
      }
      .field {
        align-content: start;
      }
      .open {
        display: grid;
        grid-template-columns: minmax(180px, 1fr) minmax(0, 2fr);
        gap: 20px;
        margin-top: 12px;
      }
      table {
        width: 100%;
        border-collapse: collapse;
      }
      th,
      td {
        height: 32px;
        padding: 4px 12px 4px 0;
        border-bottom: 1px solid var(--line);
        text-align: left;
      }
      thead th {
        color: var(--ink-2);
        font-size: var(--size-12);
        font-weight: 500;
      }
      .list {
        max-height: 320px;
        overflow: auto;
      }
      .moved {
        color: var(--accent);
        font-weight: 600;
      }
      @media (max-width: 720px) {
        .open {
          grid-template-columns: 1fr;
        }
      }
    `,
  ]

  @state() private ids: string[] = []

  @property({ attribute: false }) flag!: Flag

  @property({ attribute: false }) configuration!: Configuration

  /** The edit that is not saved yet. */
  @property({ attribute: false }) next: Partial<ConfigurationEdit> = {}

  /** False while there is no edit: then only today's answer is shown. */
  @property({ type: Boolean }) edited = false

  #read(event: InputEvent) {
    const text = (event.target as HTMLTextAreaElement).value
    this.ids = [...new Set(text.split(/[\s,;]+/).filter(Boolean))].slice(0, MOST_IDS)
  }

  override render() {
    const shown =
      this.ids.length > 0 ? fates(this.flag, this.configuration, this.edited ? this.next : {}, this.ids) : []
    return html`<details>
      <summary>Who exactly? Paste some ids</summary>
      <div class="open">
        <div class="field">
          <label for="ids">User ids, one a line</label>
          <textarea
            id="ids"
            class="input mono"
            spellcheck="false"
            aria-describedby="ids-advice"
            @input=${this.#read}
          ></textarea>
          <span class="advice" id="ids-advice">They stay in this browser. Ids alone: rules that ask for attributes do not match here.</span>
        </div>
        ${shown.length > 0 ? this.#table(shown) : html`<p class="muted">Each id is tried against the flag as it is and as it would be.</p>`}
      </div>
    </details>`
  }

  #table(shown: Fate[]) {
    const moved = shown.filter(({ before, after }) => before !== after).length
    return html`<div>
      <p role="status">${this.edited ? `${moved} of ${shown.length} would change.` : `${shown.length} ids tried.`}</p>
      <div class="list" tabindex="0" role="region" aria-label="Ids">
        <table>
          <thead>
            <tr>
              <th scope="col">Id</th>
              <th scope="col">Now</th>
              ${this.edited ? html`<th scope="col">After saving</th>` : nothing}
            </tr>
          </thead>
          <tbody>
            ${shown.map(
              ({ id, before, after }) =>
                html`<tr>
                  <th scope="row"><code>${id}</code></th>
                  <td><code>${before}</code></td>
                  ${
                    this.edited
                      ? html`<td class=${before === after ? 'muted' : 'moved'}>
                        ${before === after ? 'the same' : html`<code>${after}</code>`}
                      </td>`
                      : nothing
                  }
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
    </div>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'id-preview': IdPreview
  }
}
