import { css, html, LitElement, nothing, type PropertyValues, unsafeCSS } from 'lit'
import { customElement, property, query, state } from 'lit/decorators.js'
import type uPlot from 'uplot'
import plotSheet from 'uplot/dist/uPlot.min.css?inline'
import type { Exposures, Marker } from '../contract.ts'
import { base } from '../styles/base.styles.ts'
import { formatCount, shortCount } from '../words/shares.ts'
import { dayAndClock, wholeTime } from '../words/times.ts'
import { markerWords } from '../words/markers.ts'
import { type Colours, drawMarkers, LABEL_ROOM, lineLooks, nearestMarker } from './exposure-drawing.ts'
import { type Drawing, PlotHolder, sharedCursor, type Span, takeSelection } from './plot-holder.ts'

const HEIGHT = 240

/**
 * A line per variant over time, and every change as a vertical line; the pointer tells who, what and why.
 *
 * @fires zoom - detail: the Span that was dragged over
 */
@customElement('exposure-chart')
export class ExposureChart extends LitElement {
  static override styles = [
    unsafeCSS(plotSheet),
    base,
    css`
      :host {
        position: relative;
      }
      .plot {
        height: 240px;
      }
      .keys {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 16px;
        min-height: 20px;
        color: var(--ink-2);
        font-size: var(--size-12);
        font-variant-numeric: tabular-nums;
      }
      .key {
        display: inline-flex;
        align-items: center;
        gap: 6px;
      }
      .key svg {
        width: 20px;
        height: 4px;
        overflow: visible;
      }
      .tip {
        position: absolute;
        z-index: 1;
        top: 28px;
        width: max-content;
        max-width: 280px;
        text-wrap: balance;
        padding: 8px 12px;
        border: 1px solid var(--line-strong);
        border-radius: var(--radius);
        background: var(--surface);
        pointer-events: none;
      }
      .u-cursor-x {
        border-right: 1px solid var(--line-strong);
      }
      .u-select {
        background: color-mix(in srgb, var(--accent) 14%, transparent);
      }
      .nothing {
        position: absolute;
        z-index: 1;
        inset: 90px 0 auto;
        /* Beside the scale, and over the lines that it would be crossed by. */
        width: fit-content;
        max-width: calc(100% - 88px);
        margin: 0 auto;
        padding: 4px 12px;
        border-radius: var(--radius);
        background: var(--surface);
        text-align: center;
        color: var(--ink-2);
        pointer-events: none;
      }
    `,
  ]

  @query('.plot') private room!: HTMLElement
  @query('.tip') private tipBox!: HTMLElement | null

  /** Step under the pointer. */
  @state() private step: number | null = null
  @state() private tip: { marker: Marker; left: number } | null = null

  @property({ attribute: false }) exposures!: Exposures

  @property() offVariant = ''

  #holder = new PlotHolder(
    this,
    HEIGHT,
    () => this.room,
    () => this.#drawing(),
  )

  protected override updated(changed: PropertyValues) {
    if (changed.has('exposures') || changed.has('offVariant')) this.#holder.draw()
    if (this.tip && this.tipBox) {
      const most = this.clientWidth - this.tipBox.offsetWidth
      this.tipBox.style.left = `${Math.max(0, Math.min(this.tip.left + 8, most))}px`
    }
  }

  #drawing(): Drawing {
    const { series, from, stepMs } = this.exposures
    const steps = Math.max(0, ...series.map(({ counts }) => counts.length))
    const start = Date.parse(from) / 1000
    const times = Array.from({ length: steps }, (_, index) => start + (index * stepMs) / 1000)
    return {
      look: JSON.stringify([series.map(({ variant }) => variant), this.offVariant, this.#days]),
      data: [times, ...series.map(({ counts }) => counts)],
      options: (paint, width) => this.#options(paint, width),
    }
  }

  #options(paint: Colours, width: number): uPlot.Options {
    const looks = lineLooks(
      this.exposures.series.map(({ variant }) => variant),
      this.offVariant,
      paint,
    )
    const axis = {
      stroke: paint.muted,
      font: `12px ${paint.font}`,
      grid: { stroke: paint.line, width: 1 },
      ticks: { show: false },
    }
    return {
      width,
      height: HEIGHT,
      padding: [8, 18, LABEL_ROOM, 0],
      legend: { show: false },
      cursor: sharedCursor(),
      scales: { x: { range: () => this.#span() }, y: { range: (_plot, _low, high) => [0, Math.max(4, high * 1.1)] } },
      axes: [
        {
          ...axis,
          size: 28,
          grid: { show: false },
          values: '{HH}:{mm}',
          ...(this.#days ? { values: '{D} {MMM}', space: 70 } : { space: 60 }),
        },
        { ...axis, size: 44, values: (_plot, values) => values.map(shortCount) },
      ],
      series: [
        {},
        ...looks.map(({ colour, dash, width }) => ({
          stroke: colour,
          width,
          points: { show: false },
          ...(dash ? { dash } : {}),
        })),
      ],
      hooks: {
        draw: [(plot) => drawMarkers(plot, this.exposures.markers, paint)],
        setCursor: [(plot) => this.#point(plot)],
        setSelect: [(plot) => this.#zoom(takeSelection(plot))],
      },
    }
  }

  /** Over days the hour says nothing. */
  get #days(): boolean {
    const [from, to] = this.#span()
    return to - from > 2 * 86_400
  }

  // The whole span that was asked for, also where nobody asked for the flag.
  #span(): [number, number] {
    return [Date.parse(this.exposures.from) / 1000, Date.parse(this.exposures.to) / 1000]
  }

  #point(plot: uPlot) {
    const { left = -1, idx } = plot.cursor
    this.step = left < 0 ? null : (idx ?? null)
    const marker = left < 0 ? null : nearestMarker(plot, this.exposures.markers, left)
    this.tip = marker ? { marker, left: left + plot.over.offsetLeft } : null
  }

  #zoom(span: Span | null) {
    if (span) this.dispatchEvent(new CustomEvent('zoom', { detail: span }))
  }

  override render() {
    const { series, from, stepMs, total } = this.exposures
    const looks = lineLooks(
      series.map(({ variant }) => variant),
      this.offVariant,
      null,
    )
    return html`<div class="keys" aria-hidden="true">
        ${series.map(
          ({ variant, counts }, index) =>
            html`<span class="key">
              <svg viewBox="0 0 20 4"><path d="M0 2H20" stroke=${looks[index]?.colour ?? 'currentColor'} stroke-width="2" stroke-dasharray=${looks[index]?.dash?.join(' ') ?? nothing}></path></svg>
              ${variant}${this.step === null ? nothing : html` <strong>${formatCount(counts[this.step] ?? 0)}</strong>`}
            </span>`,
        )}
        ${this.step === null ? nothing : html`<span>${dayAndClock(Date.parse(from) + this.step * stepMs)}</span>`}
      </div>
      <div class="plot" role="img" aria-label="Graph of evaluations per variant; the table below has the numbers"></div>
      ${total === 0 ? html`<p class="nothing">No application has asked for this flag in this time.</p>` : nothing}
      ${
        this.tip
          ? html`<div class="tip" aria-hidden="true">
            <strong>${markerWords(this.tip.marker)}</strong>
            <div class="muted small">${wholeTime(this.tip.marker.at)}</div>
          </div>`
          : nothing
      }`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'exposure-chart': ExposureChart
  }
}
