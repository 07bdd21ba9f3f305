import { css, LitElement, svg, html } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import type { FlagState } from '../contract.ts'

const WIDTH = 96
const HEIGHT = 20

/** A day of evaluations as one small line. Decoration: the total stands beside it. */
@customElement('spark-line')
export class SparkLine extends LitElement {
  static override styles = css`
    :host {
      display: block;
      width: 96px;
      height: 20px;
      color: var(--ink-2);
    }
    :host([state='ramping']) {
      color: var(--accent);
    }
    :host([state='held']) {
      color: var(--amber);
    }
    :host([state='killed']) {
      color: var(--red);
    }
    svg {
      display: block;
      overflow: visible;
    }
  `

  @property({ attribute: false }) points: number[] = []

  @property({ reflect: true }) state: FlagState = 'off'

  override render() {
    const top = Math.max(1, ...this.points)
    const last = Math.max(1, this.points.length - 1)
    const line = this.points.map(
      (count, index) =>
        `${((index / last) * WIDTH).toFixed(1)},${(HEIGHT - 1 - (count / top) * (HEIGHT - 3)).toFixed(1)}`,
    )
    const path = line.length > 1 ? `M${line.join('L')}` : `M0,${HEIGHT - 1}H${WIDTH}`
    return html`<svg width=${WIDTH} height=${HEIGHT} viewBox="0 0 ${WIDTH} ${HEIGHT}" aria-hidden="true">
      ${svg`<path d=${path} fill="none" stroke="currentColor" stroke-width="1.5" stroke-linejoin="round"></path>`}
    </svg>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'spark-line': SparkLine
  }
}
