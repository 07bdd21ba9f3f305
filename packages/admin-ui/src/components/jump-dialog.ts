import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, query, state } from 'lit/decorators.js'
import type { JumpTarget } from '../state/jump-search.ts'
import { base } from '../styles/base.styles.ts'
import { controls } from '../styles/controls.styles.ts'
import { dialogs } from '../styles/dialog.styles.ts'

/**
 * One field that leads anywhere. The list belongs to the field: arrows move in it, Enter goes.
 *
 * @fires search - detail: the words typed
 * @fires go - detail: JumpTarget
 */
@customElement('jump-dialog')
export class JumpDialog extends LitElement {
  static override styles = [
    base,
    controls,
    dialogs,
    css`
      dialog {
        align-content: start;
        margin-top: 12dvh;
        padding: 8px;
      }
      .input {
        border-color: transparent;
        font-size: var(--size-16);
      }
      ul {
        max-height: min(60dvh, 480px);
        margin: 8px 0 0;
        padding: 0;
        overflow: auto;
        list-style: none;
      }
      li {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: 16px;
        min-height: 40px;
        padding: 0 12px;
        border-radius: var(--radius);
        cursor: pointer;
      }
      li[aria-selected='true'] {
        background: var(--accent-soft);
      }
      .label {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .flag .label {
        font-family: var(--font-mono);
        font-weight: 600;
      }
      .kill .label {
        color: var(--red);
        font-weight: 600;
      }
      .hint,
      .none {
        color: var(--ink-2);
        font-size: var(--size-12);
        white-space: nowrap;
      }
      .none {
        padding: 12px;
      }
      @media (max-width: 720px) {
        li {
          min-height: 48px;
        }
      }
    `,
  ]

  @query('dialog') private dialog!: HTMLDialogElement
  @query('input') private field!: HTMLInputElement

  @state() private chosen = 0

  /** What the words found, best first. */
  @property({ attribute: false }) targets: JumpTarget[] = []

  open() {
    this.field.value = ''
    this.chosen = 0
    this.#search()
    this.dialog.showModal()
  }

  close() {
    this.dialog.close()
  }

  #search() {
    this.chosen = 0
    this.dispatchEvent(new CustomEvent('search', { detail: this.field.value }))
  }

  #press(event: KeyboardEvent) {
    const last = this.targets.length - 1
    if (event.key === 'ArrowDown') this.chosen = Math.min(last, this.chosen + 1)
    else if (event.key === 'ArrowUp') this.chosen = Math.max(0, this.chosen - 1)
    else if (event.key === 'Enter') this.#go(this.targets[this.chosen])
    else return
    event.preventDefault()
  }

  protected override updated() {
    this.renderRoot.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' })
  }

  #go(target: JumpTarget | undefined) {
    if (!target) return
    this.close()
    this.dispatchEvent(new CustomEvent('go', { detail: target }))
  }

  override render() {
    const found = this.targets.length
    return html`<dialog aria-label="Search or jump" closedby="any">
      <input
        class="input"
        type="text"
        role="combobox"
        aria-label="Search or jump"
        aria-expanded="true"
        aria-controls="found"
        aria-autocomplete="list"
        aria-activedescendant=${found > 0 ? `target-${this.chosen}` : nothing}
        placeholder="a flag, a page, kill new-checkout"
        autocomplete="off"
        spellcheck="false"
        autofocus
        @input=${this.#search}
        @keydown=${this.#press}
      />
      <ul id="found" role="listbox" aria-label="Found">
        ${this.targets.map(
          (target, index) =>
            html`<li
              id="target-${index}"
              role="option"
              class=${target.kind}
              aria-selected=${index === this.chosen ? 'true' : 'false'}
              @click=${() => this.#go(target)}
              @pointermove=${() => {
                this.chosen = index
              }}
            >
              <span class="label">${target.label}</span><span class="hint">${target.hint}</span>
            </li>`,
        )}
      </ul>
      ${found === 0 ? html`<p class="none" role="status">Nothing is called that.</p>` : nothing}
    </dialog>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'jump-dialog': JumpDialog
  }
}
