import { css, html, LitElement, nothing, type PropertyValues, unsafeCSS } from 'lit'
import { customElement, property, query, state } from 'lit/decorators.js'
import type uPlot from 'uplot'
import plotSheet from 'uplot/dist/uPlot.min.css?inline'
import type { Marker } from '../contract.ts'
import { base } from '../styles/base.styles.ts'
import type { MetricGraph } from '../words/metric-graphs.ts'
import { type Colours, drawMarkers } from './exposure-drawing.ts'
import { type Drawing, PlotHolder, sharedCursor, type Span, takeSelection } from './plot-holder.ts'

const HEIGHT = 112
/** With fewer, a line alone would not show a step that stands between two empty ones. */
const FEW_POINTS = 40

/**
 * One metric over time: those who have the flag against those who do not, on the axis of the exposures above it.
 *
 * @fires zoom - detail: the Span that was dragged over
 */
@customElement('metric-chart')
export class MetricChart extends LitElement {
  static override styles = [
    unsafeCSS(plotSheet),
    base,
    css`
      .head {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        justify-content: space-between;
        gap: 0 16px;
      }
      .plot {
        height: ${HEIGHT}px;
      }
      .both {
        color: var(--ink-2);
        font-size: var(--size-12);
        font-variant-numeric: tabular-nums;
      }
      .both strong {
        color: var(--accent);
        font-weight: 600;
      }
      .u-cursor-x {
        border-right: 1px solid var(--line-strong);
      }
      .u-select {
        background: color-mix(in srgb, var(--accent) 14%, transparent);
      }
    `,
  ]

  @query('.plot') private room!: HTMLElement

  /** Step under the pointer. */
  @state() private step: number | null = null

  @property({ attribute: false }) graph!: MetricGraph

  /** Start of the first step, ISO 8601. */
  @property() from = ''

  /** End of the span, ISO 8601. */
  @property() to = ''

  @property({ type: Number }) stepMs = 60_000

  @property({ attribute: false }) markers: Marker[] = []

  #holder = new PlotHolder(
    this,
    HEIGHT,
    () => this.room,
    () => this.#drawing(),
  )

  protected override updated(changed: PropertyValues) {
    if (['graph', 'from', 'to', 'markers'].some((name) => changed.has(name))) this.#holder.draw()
  }

  #drawing(): Drawing {
    const { exposed, notExposed } = this.graph
    const start = Date.parse(this.from) / 1000
    const times = exposed.map((_, step) => start + (step * this.stepMs) / 1000)
    return {
      look: 'exposed against not exposed',
      data: [times, notExposed, exposed],
      options: (paint, width) => this.#options(paint, width),
    }
  }

  #options(paint: Colours, width: number): uPlot.Options {
    const axis = { stroke: paint.muted, font: `12px ${paint.font}`, ticks: { show: false } }
    const line = (stroke: string, thick: number): uPlot.Series => ({
      stroke,
      width: thick,
      spanGaps: true,
      points: {
        size: 4,
        stroke,
        fill: stroke,
        show: (plot, series) => (plot.data[series] ?? []).filter((value) => value !== null).length < FEW_POINTS,
      },
    })
    return {
      width,
      height: HEIGHT,
      padding: [8, 18, 8, 0],
      legend: { show: false },
      cursor: sharedCursor(),
      scales: {
        x: { range: () => [Date.parse(this.from) / 1000, Date.parse(this.to) / 1000] },
        y: { range: (_plot, low, high) => (high > 0 || low < 0 ? [Math.min(0, low), high * 1.1 || 1] : [0, 1]) },
      },
      axes: [
        { ...axis, show: false },
        {
          ...axis,
          size: 44,
          space: 36,
          grid: { stroke: paint.line, width: 1 },
          values: (_plot, values) => values.map((value) => this.graph.format(value).replace(/ (ms|%)$/, '')),
        },
      ],
      series: [{}, line(paint.muted, 1.25), line(paint.accent, 2)],
      hooks: {
        draw: [(plot) => drawMarkers(plot, this.markers, paint, false)],
        setCursor: [
          (plot) => {
            this.step = (plot.cursor.left ?? -1) < 0 ? null : (plot.cursor.idx ?? null)
          },
        ],
        setSelect: [(plot) => this.#zoom(takeSelection(plot))],
      },
    }
  }

  #zoom(span: Span | null) {
    if (span) this.dispatchEvent(new CustomEvent('zoom', { detail: span }))
  }

  override render() {
    const { title, exposed, notExposed, overall, format } = this.graph
    const told = (value: number | null | undefined) => (value === null || value === undefined ? '–' : format(value))
    const { step } = this
    const [inside, outside] = step === null ? [overall.exposed, overall.notExposed] : [exposed[step], notExposed[step]]
    return html`<div class="head">
        <h3>${title}</h3>
        <span class="both">${step === null ? nothing : html`here `}<strong>${told(inside)}</strong> exposed · ${told(outside)} not</span>
      </div>
      <div class="plot" role="img" aria-label="Graph of ${title}: ${told(overall.exposed)} exposed, ${told(overall.notExposed)} not exposed; the table below has the numbers"></div>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'metric-chart': MetricChart
  }
}
