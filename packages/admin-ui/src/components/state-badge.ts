import { css, html, LitElement } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import type { FlagState } from '../contract.ts'
import { base } from '../styles/base.styles.ts'

/** The state of a flag in one environment: a word, with a mark in its colour. */
@customElement('state-badge')
export class StateBadge extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: inline-block;
      }
      span {
        display: inline-flex;
        align-items: center;
        gap: 6px;
        padding: 2px 8px;
        border-radius: 4px;
        background: var(--raised);
        color: var(--ink-2);
        font-size: var(--size-12);
        font-weight: 600;
      }
      span::before {
        width: 7px;
        height: 7px;
        border-radius: 2px;
        background: currentColor;
        content: '';
      }
      .on {
        color: var(--ink);
      }
      .ramping {
        background: var(--accent-soft);
        color: var(--accent);
      }
      .killed {
        background: var(--red-soft);
        color: var(--red);
      }
      .held {
        background: var(--amber-soft);
        color: var(--amber);
      }
      .off::before {
        border: 1.5px solid currentColor;
        background: none;
      }
    `,
  ]

  @property() state: FlagState = 'off'

  override render() {
    return html`<span class=${this.state}>${this.state}</span>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'state-badge': StateBadge
  }
}
