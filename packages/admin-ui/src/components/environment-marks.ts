import { css, html, LitElement, svg } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import type { EnvironmentSummary, FlagState } from '../contract.ts'
import { base } from '../styles/base.styles.ts'

/** Shapes, so that the marks can be told apart without colour. */
const SHAPES = {
  on: svg`<rect x="1" y="1" width="10" height="10" rx="2" fill="currentColor"></rect>`,
  ramping: svg`<rect x="1.75" y="1.75" width="8.5" height="8.5" rx="1.5" fill="none" stroke="currentColor" stroke-width="1.5"></rect><rect x="1" y="6" width="10" height="5" rx="1" fill="currentColor"></rect>`,
  held: svg`<rect x="1.5" y="1" width="3.5" height="10" rx="1" fill="currentColor"></rect><rect x="7" y="1" width="3.5" height="10" rx="1" fill="currentColor"></rect>`,
  killed: svg`<path d="M2 2l8 8M10 2l-8 8" stroke="currentColor" stroke-width="2.5" stroke-linecap="round"></path>`,
  dark: svg`<rect x="1.75" y="1.75" width="8.5" height="8.5" rx="1.5" fill="none" stroke="currentColor" stroke-width="1.5"></rect><circle cx="6" cy="6" r="1.7" fill="currentColor"></circle>`,
  off: svg`<rect x="1.75" y="1.75" width="8.5" height="8.5" rx="1.5" fill="none" stroke="currentColor" stroke-width="1.5"></rect>`,
} satisfies Record<FlagState, unknown>

/** One small mark per environment, in their order. */
@customElement('environment-marks')
export class EnvironmentMarks extends LitElement {
  static override styles = [
    base,
    css`
      div {
        display: flex;
        gap: 5px;
        color: var(--ink-2);
      }
      svg {
        width: 12px;
        height: 12px;
      }
      .on {
        color: var(--ink);
      }
      .ramping {
        color: var(--accent);
      }
      .killed {
        color: var(--red);
      }
      .held {
        color: var(--amber);
      }
    `,
  ]

  /** Keys of the environments in their order. */
  @property({ attribute: false }) order: string[] = []

  @property({ attribute: false }) states: Record<string, EnvironmentSummary> = {}

  override render() {
    const words = this.order.map((key) => `${key}: ${this.states[key]?.state ?? 'off'}`)
    return html`<div role="img" aria-label=${words.join(', ')} title=${words.join('\n')}>
      ${this.order.map((key) => {
        const state = this.states[key]?.state ?? 'off'
        return html`<svg class=${state} viewBox="0 0 12 12" aria-hidden="true">${SHAPES[state]}</svg>`
      })}
    </div>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'environment-marks': EnvironmentMarks
  }
}
