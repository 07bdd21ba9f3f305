import { WEIGHT_SCALE } from '@rampart/evaluation'
import { css, html, LitElement } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import type { FlagState } from '../contract.ts'

/** A share drawn as a bar. Decoration: the number always stands beside it. */
@customElement('share-bar')
export class ShareBar extends LitElement {
  static override styles = css`
    :host {
      display: block;
      height: 6px;
      border-radius: 3px;
      background: var(--raised);
      overflow: hidden;
      color: var(--ink);
    }
    :host([state='ramping']) {
      color: var(--accent);
    }
    :host([state='held']) {
      color: var(--amber);
    }
    :host([state='dark']),
    :host([state='off']) {
      color: var(--ink-2);
    }
    svg {
      display: block;
      width: 100%;
      height: 100%;
    }
  `

  /** Out of 100 000. */
  @property({ type: Number }) weight = 0

  @property({ reflect: true }) state: FlagState = 'off'

  override render() {
    // The smallest share still shows a line: "a few" must not look like "nobody".
    const width = this.weight === 0 ? 0 : Math.max(1, (this.weight / WEIGHT_SCALE) * 100)
    return html`<svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
      <rect width=${width} height="6" fill="currentColor"></rect>
    </svg>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'share-bar': ShareBar
  }
}
