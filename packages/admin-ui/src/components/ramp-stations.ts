import { css, html, LitElement, nothing } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import type { Ramp, RampStep } from '../contract.ts'
import { base } from '../styles/base.styles.ts'
import { stations } from '../styles/stations.styles.ts'
import { durationWords, untilWords } from '../words/ramps.ts'
import { formatShare } from '../words/shares.ts'
import { longTime, shortTime, wholeTime } from '../words/times.ts'

/** A plan as stations on a line: what is done, where it is, what comes next and when. Down the page on a phone. */
@customElement('ramp-stations')
export class RampStations extends LitElement {
  static override styles = [
    base,
    stations,
    css`
      :host {
        display: block;
        overflow-x: auto;
      }
      ol {
        display: grid;
        grid-auto-columns: minmax(96px, 1fr);
        grid-auto-flow: column;
        margin: 0;
        padding: 0;
        list-style: none;
      }
      li {
        position: relative;
        display: grid;
        align-content: start;
        justify-items: center;
        gap: 2px;
        padding: 6px 4px 0;
        text-align: center;
      }
      .station {
        display: contents;
      }
      .station::before {
        z-index: 1;
        box-sizing: border-box;
        margin-bottom: 4px;
      }
      /* The line to the next station. */
      li:not(:last-child)::after {
        position: absolute;
        top: 15px;
        left: calc(50% + 10px);
        width: calc(100% - 20px);
        height: 3px;
        background: var(--line);
        content: '';
      }
      li.passed::after {
        background: var(--accent);
      }
      .killed li.passed::after {
        background: var(--ink-2);
      }
      .detail {
        color: var(--ink-2);
        font-size: var(--size-12);
      }
      .next {
        color: var(--accent);
        font-weight: 600;
      }
      @media (max-width: 720px) {
        ol {
          grid-auto-flow: row;
        }
        li {
          grid-template-columns: 20px max-content minmax(0, 1fr);
          align-items: baseline;
          justify-items: start;
          gap: 2px 10px;
          padding: 0 0 14px;
          text-align: left;
        }
        li .detail {
          grid-column: 3;
        }
        li:not(:last-child)::after {
          top: 22px;
          bottom: -2px;
          left: 8.5px;
          width: 3px;
          height: auto;
        }
        .station::before {
          align-self: start;
          margin: 2px 0 0;
        }
      }
    `,
  ]

  @property({ attribute: false }) ramp!: Ramp

  /** Nobody gets it, whatever the share says. */
  @property({ type: Boolean }) still = false

  @property({ type: Number }) now = 0

  override render() {
    return html`<ol class=${this.still ? 'killed' : ''} aria-label="Steps of the ramp">
      ${this.ramp.steps.map((step, at) => this.#station(step, at))}
    </ol>`
  }

  #station(step: RampStep, at: number) {
    const { next, state } = this.ramp
    const isNext = state === 'running' && next.step === at
    const look = step.status === 'ahead' ? (isNext ? 'wanted' : '') : step.status
    return html`<li
      class=${step.status === 'done' ? 'passed' : ''}
      aria-current=${step.status === 'here' ? 'step' : nothing}
    >
      <span class="station ${look}"><span class="number">${formatShare(step.weight)}</span></span>
      ${this.#when(step, isNext)}
      ${step.status === 'done' ? nothing : html`<span class="detail">${this.#soak(step, at)}</span>`}
      ${step.approval && step.status === 'ahead' ? html`<span class="detail">${this.#approval(step)}</span>` : nothing}
    </li>`
  }

  #when({ status, reachedAt }: RampStep, isNext: boolean) {
    const { next } = this.ramp
    if (isNext) {
      const words = next.at ? untilWords(next.at, this.now) : next.waitsFor === 'person' ? 'by hand' : 'next'
      return html`<span class="detail next" title=${next.at ? wholeTime(next.at) : nothing}>${words}</span>`
    }
    if (status === 'ahead') return nothing
    const words = reachedAt
      ? status === 'here'
        ? `since ${longTime(reachedAt, this.now)}`
        : shortTime(reachedAt, this.now)
      : 'passed over'
    return html`<span class="detail" title=${reachedAt ? wholeTime(reachedAt) : nothing}>${words}</span>`
  }

  #soak({ soakSeconds }: RampStep, at: number): string {
    const isLast = at === this.ramp.steps.length - 1
    if (soakSeconds === 0) return isLast ? 'then complete' : 'no soak'
    return `for ${durationWords(soakSeconds)}`
  }

  #approval({ approvedBy }: RampStep): string {
    return approvedBy ? `approved by ${approvedBy}` : 'needs an approval'
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'ramp-stations': RampStations
  }
}
