import { css, html, LitElement } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import type { StateFilter } from '../state/flag-search.ts'
import { base } from '../styles/base.styles.ts'
import { formatCount } from '../words/shares.ts'

/**
 * Narrows a list to one state; each chip says how many there are.
 *
 * @fires choose - detail: the state, or null for all
 */
@customElement('state-chips')
export class StateChips extends LitElement {
  static override styles = [
    base,
    css`
      div {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
      }
      button {
        min-height: 30px;
        padding: 0 12px;
        border: 1px solid var(--line);
        border-radius: 15px;
        background: var(--surface);
        color: var(--ink-2);
        font: 500 var(--size-12) var(--font-text);
        cursor: pointer;
      }
      button:hover {
        border-color: var(--line-strong);
        color: var(--ink);
      }
      button[aria-pressed='true'] {
        border-color: var(--accent);
        background: var(--accent-soft);
        color: var(--accent);
        font-weight: 650;
      }
      @media (max-width: 720px) {
        div {
          flex-wrap: nowrap;
          margin: 0 -12px;
          padding: 2px 12px;
          overflow-x: auto;
          scrollbar-width: none;
        }
        button {
          min-height: 40px;
          border-radius: 20px;
          white-space: nowrap;
        }
      }
    `,
  ]

  @property({ attribute: false }) counts: Partial<Record<StateFilter, number>> = {}

  /** Null while it is not known. */
  @property({ attribute: false }) total: number | null = 0

  @property({ attribute: false }) chosen: StateFilter | null = null

  override render() {
    const states = Object.entries(this.counts) as [StateFilter, number][]
    const chip = (state: StateFilter | null, count: number | null) =>
      html`<button
        aria-pressed=${this.chosen === state ? 'true' : 'false'}
        @click=${() => this.dispatchEvent(new CustomEvent('choose', { detail: state }))}
      >
        ${state ?? 'all'} ${count === null ? '' : formatCount(count)}
      </button>`
    return html`<div role="group" aria-label="State">
      ${chip(null, this.total)}
      ${states.filter(([state, count]) => count > 0 || state === this.chosen).map(([state, count]) => chip(state, count))}
    </div>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'state-chips': StateChips
  }
}
