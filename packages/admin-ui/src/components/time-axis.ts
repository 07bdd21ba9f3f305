import { css, html, LitElement, nothing, svg } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { TimelineItem } from '../contract.ts'
import { placeMarks, ticksOf } from '../state/axis-layout.ts'
import { base } from '../styles/base.styles.ts'
import { markOf } from '../words/marks.ts'
import { plainText } from '../words/sentences.ts'
import { axisLabel, happened } from '../words/timeline.ts'
import { dayAndClock } from '../words/times.ts'

const LANES = ['Kills', 'Flags', 'Deploys']
const LANE_HEIGHT = 36
const GUTTER = 64
const RIGHT = 16
const FOOT = 28
const HEIGHT = LANES.length * LANE_HEIGHT + FOOT

/**
 * Everything that happened on one axis: what stands close together may be cause and effect. The list below it says the
 * same in words, so it is a picture to a screen reader.
 *
 * @fires choose - detail: the id of the item whose mark was pressed
 */
@customElement('time-axis')
export class TimeAxis extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        height: 136px;
      }
      svg {
        display: block;
        overflow: visible;
        font: 500 var(--size-12) var(--font-text);
        font-variant-numeric: tabular-nums;
      }
      text {
        fill: var(--ink-2);
      }
      .lane {
        stroke: var(--line);
      }
      .rule {
        stroke: var(--line);
        stroke-dasharray: 2 3;
      }
      .mark {
        cursor: pointer;
      }
      .mark line {
        stroke: currentColor;
        stroke-width: 1.5;
        opacity: 0.25;
      }
      .mark .sign {
        fill: currentColor;
        stroke: var(--surface);
        stroke-width: 2;
      }
      .mark .sign.ring {
        fill: var(--surface);
        stroke: currentColor;
      }
      .mark text {
        fill: currentColor;
      }
      .mark:hover line {
        opacity: 1;
      }
      .red {
        color: var(--red);
      }
      .accent {
        color: var(--accent);
      }
      .amber {
        color: var(--amber);
      }
      .muted {
        color: var(--ink-2);
      }
    `,
  ]

  @state() private width = 0

  @property({ attribute: false }) items: TimelineItem[] = []

  /** Ms since 1970. */
  @property({ type: Number }) from = 0

  @property({ type: Number }) to = 0

  #sizes = new ResizeObserver(([entry]) => {
    this.width = Math.floor(entry?.contentRect.width ?? 0)
  })

  override connectedCallback() {
    super.connectedCallback()
    this.#sizes.observe(this)
  }

  override disconnectedCallback() {
    super.disconnectedCallback()
    this.#sizes.disconnect()
  }

  get #scale() {
    const span = Math.max(1, this.to - this.from)
    const room = Math.max(1, this.width - GUTTER - RIGHT)
    return (ms: number) => GUTTER + ((ms - this.from) / span) * room
  }

  override render() {
    if (this.width === 0) return nothing
    const foot = LANES.length * LANE_HEIGHT
    const label = `${this.items.length} changes from ${dayAndClock(this.from)} to ${dayAndClock(this.to)}; the list below says them all`
    return html`<svg width=${this.width} height=${HEIGHT} viewBox="0 0 ${this.width} ${HEIGHT}" role="img" aria-label=${label}>
      ${LANES.map(
        (name, lane) => svg`<text x="0" y=${laneMiddle(lane) + 4}>${name}</text>
          <line class="lane" x1=${GUTTER} x2=${this.width} y1=${laneMiddle(lane)} y2=${laneMiddle(lane)}></line>`,
      )}
      ${ticksOf(this.from, this.to, (this.width - GUTTER - RIGHT) / 90).map(({ at, words }) => {
        const x = this.#scale(at)
        return svg`<line class="rule" x1=${x} x2=${x} y1="0" y2=${foot + 4}></line>
          <text x=${x} y=${foot + 20} text-anchor="middle">${words}</text>`
      })}
      ${this.#marks(foot)}
    </svg>`
  }

  #marks(foot: number) {
    const marks = this.items.map((item) => {
      const { lane } = markOf(item)
      return { item, lane, x: this.#scale(Date.parse(item.at)), words: axisLabel(item) }
    })
    return placeMarks(marks, this.width).map(
      ({ item, lane, x, words, side }) => svg`<g
        class="mark ${markOf(item).tone}"
        @click=${() => this.dispatchEvent(new CustomEvent('choose', { detail: item.id }))}
      >
        <title>${dayAndClock(Date.parse(item.at))} ${plainText(happened(item))}</title>
        <line x1=${x} x2=${x} y1="0" y2=${foot}></line>
        ${this.#sign(item, x, laneMiddle(lane))}
        ${side === 'none' ? nothing : this.#words(words, x, laneMiddle(lane) - 5, side)}
      </g>`,
    )
  }

  #words(words: string, x: number, y: number, side: 'right' | 'left') {
    return side === 'right'
      ? svg`<text x=${x + 9} y=${y}>${words}</text>`
      : svg`<text x=${x - 9} y=${y} text-anchor="end">${words}</text>`
  }

  #sign(item: TimelineItem, x: number, y: number) {
    const { shape } = markOf(item)
    if (shape === 'square') {
      return svg`<rect class="sign" x=${x - 5} y=${y - 5} width="10" height="10"></rect>`
    }
    return svg`<circle class="sign ${shape}" cx=${x} cy=${y} r=${shape === 'ring' ? 5 : 6}></circle>`
  }
}

function laneMiddle(lane: number): number {
  return lane * LANE_HEIGHT + LANE_HEIGHT / 2
}

declare global {
  interface HTMLElementTagNameMap {
    'time-axis': TimeAxis
  }
}
