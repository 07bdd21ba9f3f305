import { consume } from '@lit/context'
import { Task } from '@lit/task'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { flagExposures, flagMetrics } from '../api/exposures.ts'
import '../components/exposure-chart.ts'
import '../components/exposure-table.ts'
import '../components/load-failure.ts'
import '../components/metric-chart.ts'
import type { Span } from '../components/plot-holder.ts'
import type { Exposures, FlagMetrics } from '../contract.ts'
import { scopeContext, type Scope } from '../state/contexts.ts'
import { errorText } from '../state/errors.ts'
import { pageKeys } from '../state/page-keys.ts'
import { base } from '../styles/base.styles.ts'
import { card } from '../styles/card.styles.ts'
import { choices } from '../styles/choices.styles.ts'
import { controls } from '../styles/controls.styles.ts'
import { metricGraphs } from '../words/metric-graphs.ts'
import { formatCount } from '../words/shares.ts'
import { dayAndClock, stepInWords } from '../words/times.ts'

const HOUR_MS = 3_600_000
const RANGES = [
  ['1 h', HOUR_MS],
  ['24 h', 24 * HOUR_MS],
  ['7 d', 7 * 24 * HOUR_MS],
  ['90 d', 90 * 24 * HOUR_MS],
] as const

/** Applications report about every ten seconds, so asking more often shows nothing new. */
const REFRESH_MS = 10_000
/** Over more than this the graph hardly moves, and the numbers cost more. */
const CALM_SPAN_MS = 2 * HOUR_MS
const CALM_REFRESH_MS = 60_000

/**
 * The graph card: evaluations per variant, then each metric of those who have the flag against those who do not, all on
 * one time axis with every change as a vertical line; and the same numbers as a table.
 */
@customElement('flag-exposures')
export class FlagExposures extends LitElement {
  static override styles = [
    base,
    card,
    choices,
    controls,
    css`
      .legend {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        justify-content: space-between;
        gap: 4px 16px;
        margin-bottom: 4px;
      }
      exposure-table {
        margin-top: 8px;
      }
      metric-chart {
        margin-top: 16px;
      }
      .lines {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 16px;
        margin-top: 16px;
      }
      .lines span::before {
        display: inline-block;
        width: 20px;
        margin-right: 6px;
        border-top: 2px solid var(--ink-2);
        vertical-align: middle;
        content: '';
      }
      .lines .exposed::before {
        border-color: var(--accent);
      }
      .spans {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px;
      }
      exposure-chart,
      .wait {
        min-height: 240px;
      }
    `,
  ]

  @consume({ context: scopeContext, subscribe: true })
  @state()
  private scope!: Scope

  @property() flagKey = ''

  @property() offVariant = ''

  /** Grows when somebody changed the flag: a new line belongs on the graph. */
  @property({ type: Number }) changes = 0

  /** When the flag was made: of a young one, a whole day shows an empty graph with all its life at the edge. */
  @property() createdAt = ''

  @state() private chosenMs: number | null = null
  /** A piece of the past that was dragged over. */
  @state() private zoomed: Span | null = null
  @state() private showsTable = false

  #timer: ReturnType<typeof setInterval> | undefined
  #askedAt = 0

  #graphs = new Task(this, {
    args: () =>
      [this.scope.project, this.flagKey, this.scope.environment.key, this.#spanMs, this.zoomed, this.changes] as const,
    task: async ([project, flag, environment, spanMs, zoomed], { signal }) => {
      const now = Date.now()
      this.#askedAt = now
      const { fromMs, toMs } = zoomed ?? { fromMs: now - spanMs, toMs: now }
      const [exposures, metrics] = await Promise.all([
        flagExposures(project, flag, environment, fromMs, toMs, signal),
        flagMetrics(project, flag, environment, fromMs, toMs, signal),
      ])
      return { exposures, metrics }
    },
  })

  constructor() {
    super()
    pageKeys(this, {
      t: () => {
        this.showsTable = !this.showsTable
      },
    })
  }

  get #spanMs(): number {
    if (this.chosenMs !== null) return this.chosenMs
    return Date.now() - Date.parse(this.createdAt) < 2 * HOUR_MS ? HOUR_MS : 24 * HOUR_MS
  }

  #isDue(): boolean {
    if (this.zoomed || document.visibilityState !== 'visible') return false
    return this.#spanMs <= CALM_SPAN_MS || Date.now() - this.#askedAt >= CALM_REFRESH_MS
  }

  #zoom = (event: CustomEvent<Span>) => {
    const { fromMs, toMs } = event.detail
    // Nothing is kept more finely than by the minute.
    this.zoomed = { fromMs, toMs: Math.max(toMs, fromMs + 5 * 60_000) }
  }

  override connectedCallback() {
    super.connectedCallback()
    this.#timer = setInterval(() => {
      if (this.#isDue()) void this.#graphs.run()
    }, REFRESH_MS)
  }

  override disconnectedCallback() {
    super.disconnectedCallback()
    clearInterval(this.#timer)
  }

  override render() {
    const seen = this.#graphs.value
    return html`<section class="card" aria-labelledby="title">
      <header>
        <h2 id="title">What it does</h2>
        <div class="spans">
          ${this.#zoomNote()}
          <div class="choices" role="group" aria-label="Time span">
            ${RANGES.map(
              ([name, ms]) =>
                html`<button
                  aria-pressed=${this.zoomed === null && this.#spanMs === ms ? 'true' : 'false'}
                  @click=${() => {
                    this.chosenMs = ms
                    this.zoomed = null
                  }}
                >
                  ${name}
                </button>`,
            )}
          </div>
        </div>
      </header>
      ${this.#graphs.render({
        pending: () => (seen ? this.#draw(seen) : html`<div class="wait" aria-busy="true"></div>`),
        complete: (numbers) => this.#draw(numbers),
        error: (error) =>
          html`<load-failure
            what="The numbers"
            .why=${errorText(error)}
            @retry=${() => this.#graphs.run()}
          ></load-failure>`,
      })}
    </section>`
  }

  #zoomNote() {
    const { zoomed } = this
    if (!zoomed) return nothing
    return html`<span class="muted small number">${dayAndClock(zoomed.fromMs)} to ${dayAndClock(zoomed.toMs)}</span>
      <wa-button
        appearance="outlined"
        size="s"
        @click=${() => {
          this.zoomed = null
        }}
      >
        Zoom out
      </wa-button>`
  }

  #draw({ exposures, metrics }: { exposures: Exposures; metrics: FlagMetrics }) {
    const graphs = metricGraphs(metrics)
    return html`<div class="legend">
        <h3>Evaluations per ${stepInWords(exposures.stepMs)}</h3>
        <span class="muted small number">${formatCount(exposures.total)} evaluations</span>
      </div>
      <exposure-chart .exposures=${exposures} .offVariant=${this.offVariant} @zoom=${this.#zoom}></exposure-chart>
      ${
        graphs.length > 0
          ? html`<p class="lines muted small" aria-hidden="true"><span class="exposed">exposed</span> <span>not exposed</span></p>`
          : nothing
      }
      ${graphs.map(
        (graph) =>
          html`<metric-chart
            .graph=${graph}
            .from=${exposures.from}
            .to=${exposures.to}
            .stepMs=${exposures.stepMs}
            .markers=${exposures.markers}
            @zoom=${this.#zoom}
          ></metric-chart>`,
      )}
      <exposure-table .exposures=${exposures} .graphs=${graphs} ?open=${this.showsTable}></exposure-table>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'flag-exposures': FlagExposures
  }
}
