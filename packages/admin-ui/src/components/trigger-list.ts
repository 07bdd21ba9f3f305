import { css, html, LitElement, nothing } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import type { Trigger } from '../contract.ts'
import { base } from '../styles/base.styles.ts'
import { controls } from '../styles/controls.styles.ts'
import { dateOf, longTime, wholeTime } from '../words/times.ts'

/**
 * Triggers without their secrets, each with what came of its last use: a person must see that the alert reaches it.
 *
 * @fires revoke - detail: the trigger
 */
@customElement('trigger-list')
export class TriggerList extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      li {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        align-items: center;
        gap: 4px 16px;
        padding: 8px 0;
        border-top: 1px solid var(--line);
      }
      p {
        grid-column: 1;
        overflow-wrap: anywhere;
      }
      wa-button {
        grid-column: 2;
        grid-row: 1 / 3;
      }
      .gone {
        color: var(--amber);
        font-weight: 600;
      }
    `,
  ]

  @property({ attribute: false }) triggers: Trigger[] = []

  @property({ type: Number }) now = 0

  /** Nothing is offered but looking. */
  @property({ type: Boolean }) readonly = false

  #time(at: string) {
    return html`<time datetime=${at} title=${wholeTime(at)}>${longTime(at, this.now)}</time>`
  }

  #life({ expiresAt }: Trigger) {
    const date = html`<time datetime=${expiresAt} title=${wholeTime(expiresAt)}>${dateOf(expiresAt)}</time>`
    return Date.parse(expiresAt) <= this.now
      ? html`<span class="gone">expired ${date}: it does nothing</span>`
      : html`expires ${date}`
  }

  override render() {
    if (this.triggers.length === 0) return nothing
    return html`<ul>
      ${this.triggers.map(
        (trigger) =>
          html`<li>
            <p><strong>${trigger.name}</strong> <code>${trigger.prefix}…</code></p>
            <p class="muted">
              ${trigger.lastUsedAt ? html`${this.#time(trigger.lastUsedAt)}: ${trigger.lastOutcome}` : 'never used: send a test alert'}
              · ${this.#life(trigger)}
            </p>
            <wa-button
              appearance="outlined"
              size="s"
              ?hidden=${this.readonly}
              @click=${() => this.dispatchEvent(new CustomEvent('revoke', { detail: trigger }))}
            ><span aria-hidden="true">Revoke</span><span class="spoken">Revoke ${trigger.name}</span></wa-button>
          </li>`,
      )}
    </ul>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'trigger-list': TriggerList
  }
}
