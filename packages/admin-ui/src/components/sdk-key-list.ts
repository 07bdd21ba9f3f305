import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, query, state } from 'lit/decorators.js'
import type { SdkKey } from '../contract.ts'
import { base } from '../styles/base.styles.ts'
import { controls } from '../styles/controls.styles.ts'
import { dialogs } from '../styles/dialog.styles.ts'
import { longTime, wholeTime } from '../words/times.ts'

/**
 * Keys without their secrets. Revoking names what will stop.
 *
 * @fires revoke - detail: the key
 */
@customElement('sdk-key-list')
export class SdkKeyList extends LitElement {
  static override styles = [
    base,
    controls,
    dialogs,
    css`
      li {
        display: grid;
        grid-template-columns: minmax(0, 1fr) minmax(0, 1fr) auto auto;
        align-items: center;
        gap: 4px 16px;
        padding: 8px 0;
        border-top: 1px solid var(--line);
      }
      .actions {
        justify-content: flex-end;
      }
      @media (max-width: 720px) {
        li {
          grid-template-columns: minmax(0, 1fr) auto;
        }
        time {
          grid-column: 1;
        }
        li .button {
          grid-column: 2;
          grid-row: 1 / 4;
        }
      }
    `,
  ]

  @query('dialog') private dialog!: HTMLDialogElement
  @state() private asked: SdkKey | null = null

  @property({ attribute: false }) keys: SdkKey[] = []

  @property() environment = ''

  @property({ type: Number }) now = 0

  async #ask(key: SdkKey) {
    this.asked = key
    await this.updateComplete
    this.dialog.showModal()
  }

  #revoke(event: SubmitEvent) {
    event.preventDefault()
    this.dialog.close()
    this.dispatchEvent(new CustomEvent('revoke', { detail: this.asked }))
  }

  override render() {
    const { asked } = this
    return html`${
      this.keys.length === 0
        ? html`<p class="muted">No application is connected with a key of ${this.environment} yet.</p>`
        : html`<ul>
            ${this.keys.map(
              (key) =>
                html`<li>
                  <strong>${key.name}</strong>
                  <code>${key.prefix}…</code>
                  <time class="muted" datetime=${key.createdAt} title=${wholeTime(key.createdAt)}>created ${longTime(key.createdAt, this.now)}</time>
                  <button class="button small" aria-label="Revoke ${key.name}" @click=${() => this.#ask(key)}>Revoke</button>
                </li>`,
            )}
          </ul>`
    }
      <dialog aria-labelledby="title">
        ${
          asked
            ? html`<form @submit=${this.#revoke}>
              <h2 id="title">Revoke the key of ${asked.name} in ${this.environment}?</h2>
              <p>Applications that use it are cut off within five seconds. They go on with the last configuration they have and see no further change, not even a kill.</p>
              <div class="row actions">
                <button type="button" class="button" @click=${() => this.dialog.close()}>Leave it</button>
                <button class="button accent">Revoke the key</button>
              </div>
            </form>`
            : nothing
        }
      </dialog>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'sdk-key-list': SdkKeyList
  }
}
