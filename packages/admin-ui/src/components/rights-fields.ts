import { css, html, LitElement, nothing } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import type { Rights, Role } from '../contract.ts'
import { base } from '../styles/base.styles.ts'
import { controls } from '../styles/controls.styles.ts'
import { ROLE_WORDS } from '../words/rights.ts'

/**
 * A role and the two rights beside it, each said in words.
 *
 * @fires rights-changed - detail: Rights
 */
@customElement('rights-fields')
export class RightsFields extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      :host {
        display: grid;
        gap: 12px;
      }
    `,
  ]

  @property({ attribute: false }) rights: Rights = { role: 'viewer', production: false, kill: false }

  #change(change: Partial<Rights>) {
    this.rights = { ...this.rights, ...change }
    this.dispatchEvent(new CustomEvent('rights-changed', { detail: this.rights }))
  }

  override render() {
    const { role, production, kill } = this.rights
    const writes = role === 'editor' || role === 'admin'
    return html`<div class="field">
        <label for="role">Role</label>
        <select
          id="role"
          class="input"
          aria-describedby="may"
          .value=${role}
          @change=${(event: Event) => this.#change({ role: (event.target as HTMLSelectElement).value as Role })}
        >
          ${ROLE_WORDS.map(([word]) => html`<option value=${word} ?selected=${word === role}>${word}</option>`)}
        </select>
        <span class="advice" id="may">${ROLE_WORDS.find(([word]) => word === role)?.[1]}</span>
      </div>
      ${
        writes
          ? html`<wa-checkbox
                .checked=${production}
                @change=${(event: Event) => this.#change({ production: (event.target as HTMLInputElement).checked })}
              >in production too</wa-checkbox>`
          : nothing
      }
      ${
        role === 'operator' || (writes && production)
          ? nothing
          : html`<wa-checkbox
                .checked=${kill}
                @change=${(event: Event) => this.#change({ kill: (event.target as HTMLInputElement).checked })}
              >may kill and restore everywhere</wa-checkbox>`
      }`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'rights-fields': RightsFields
  }
}
