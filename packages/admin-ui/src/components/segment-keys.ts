import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { base } from '../styles/base.styles.ts'
import { controls } from '../styles/controls.styles.ts'
import { formatCount } from '../words/shares.ts'

/** No screen lists more of a hundred thousand; looking one up finds any. */
const SHOWN = 50

export interface KeyChange {
  add: string[]
  remove: string[]
}

/**
 * A list of ids, which may be long: look one up, add some, take some out.
 *
 * @fires change-keys - detail: KeyChange
 */
@customElement('segment-keys')
export class SegmentKeys extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      :host {
        display: grid;
        gap: 12px;
      }
      .keys {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 12px;
      }
      .pair {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(220px, 1fr));
        gap: 12px;
      }
    `,
  ]

  @state() private looked = ''

  @property() label = ''

  @property({ attribute: false }) keys: string[] = []

  @property({ type: Boolean }) saving = false

  /** Nothing is offered but looking. */
  @property({ type: Boolean }) readonly = false

  #change(event: SubmitEvent) {
    event.preventDefault()
    const form = event.target as HTMLFormElement
    const data = new FormData(form)
    const idsIn = (name: string) => [
      ...new Set(
        String(data.get(name) ?? '')
          .split(/[\s,;]+/)
          .filter(Boolean),
      ),
    ]
    const detail: KeyChange = { add: idsIn('add'), remove: idsIn('remove') }
    if (detail.add.length + detail.remove.length === 0) return
    this.dispatchEvent(new CustomEvent('change-keys', { detail }))
    form.reset()
  }

  override render() {
    const { keys, looked, label } = this
    const rest = keys.length - SHOWN
    return html`<p><strong class="number">${formatCount(keys.length)}</strong> ${keys.length === 1 ? 'id' : 'ids'}</p>
      ${
        keys.length === 0
          ? nothing
          : html`<div class="keys">
              ${keys.slice(0, SHOWN).map((key) => html`<code>${key}</code>`)}
              ${rest > 0 ? html`<span class="muted">and ${formatCount(rest)} more</span>` : nothing}
            </div>
            <div class="field">
              <wa-input
                id="look"
                label="Look an id up in ${label}"
                class="mono"
                autocomplete="off"
                spellcheck="false"
                @input=${(event: InputEvent) => {
                  this.looked = (event.target as HTMLInputElement).value.trim()
                }}
              ></wa-input>
              <span class="advice" role="status">${
                looked === '' ? '' : keys.includes(looked) ? `${looked} is in it.` : `${looked} is not in it.`
              }</span>
            </div>`
      }
      <form class="pair" ?hidden=${this.readonly} @submit=${this.#change} aria-label="Change ${label}">
        <wa-textarea
          id="add"
          class="mono"
          label="Add, one a line"
          name="add"
          rows="2"
          spellcheck="false"
        ></wa-textarea>
        <wa-textarea
          id="remove"
          class="mono"
          label="Take out, one a line"
          name="remove"
          rows="2"
          spellcheck="false"
        ></wa-textarea>
        <div><wa-button type="submit" appearance="outlined" ?disabled=${this.saving}>Change ${label}</wa-button></div>
      </form>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'segment-keys': SegmentKeys
  }
}
