import { consume } from '@lit/context'
import { Task } from '@lit/task'
import { css, html, LitElement } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { flagExposures } from '../api/exposures.ts'
import '../components/exposure-chart.ts'
import '../components/exposure-table.ts'
import '../components/load-failure.ts'
import type { Exposures } from '../contract.ts'
import { scopeContext, type Scope } from '../state/contexts.ts'
import { errorText } from '../state/errors.ts'
import { base } from '../styles/base.styles.ts'
import { card } from '../styles/card.styles.ts'
import { choices } from '../styles/choices.styles.ts'
import { formatCount } from '../words/shares.ts'
import { stepInWords } from '../words/times.ts'

const HOUR_MS = 3_600_000
const RANGES = [
  ['1 h', HOUR_MS],
  ['24 h', 24 * HOUR_MS],
  ['7 d', 7 * 24 * HOUR_MS],
  ['90 d', 90 * 24 * HOUR_MS],
] as const

/** Applications report about every ten seconds, so asking more often shows nothing new. */
const REFRESH_MS = 10_000

/** The graph card: evaluations per variant, every change as a vertical line, and the same numbers as a table. */
@customElement('flag-exposures')
export class FlagExposures extends LitElement {
  static override styles = [
    base,
    card,
    choices,
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

  #timer: ReturnType<typeof setInterval> | undefined

  #exposures = new Task(this, {
    args: () => [this.scope.project, this.flagKey, this.scope.environment.key, this.#spanMs, this.changes] as const,
    task: ([project, flag, environment, spanMs], { signal }) => {
      const now = Date.now()
      return flagExposures(project, flag, environment, now - spanMs, now, signal)
    },
  })

  get #spanMs(): number {
    if (this.chosenMs !== null) return this.chosenMs
    return Date.now() - Date.parse(this.createdAt) < 2 * HOUR_MS ? HOUR_MS : 24 * HOUR_MS
  }

  override connectedCallback() {
    super.connectedCallback()
    this.#timer = setInterval(() => {
      if (document.visibilityState === 'visible') void this.#exposures.run()
    }, REFRESH_MS)
  }

  override disconnectedCallback() {
    super.disconnectedCallback()
    clearInterval(this.#timer)
  }

  override render() {
    const seen = this.#exposures.value
    return html`<section class="card" aria-labelledby="title">
      <header>
        <h2 id="title">What it does</h2>
        <div class="choices" role="group" aria-label="Time span">
          ${RANGES.map(
            ([name, ms]) =>
              html`<button
                aria-pressed=${this.#spanMs === ms ? 'true' : 'false'}
                @click=${() => {
                  this.chosenMs = ms
                }}
              >
                ${name}
              </button>`,
          )}
        </div>
      </header>
      ${this.#exposures.render({
        pending: () => (seen ? this.#graph(seen) : html`<div class="wait" aria-busy="true"></div>`),
        complete: (exposures) => this.#graph(exposures),
        error: (error) =>
          html`<load-failure
            what="The numbers"
            .why=${errorText(error)}
            @retry=${() => this.#exposures.run()}
          ></load-failure>`,
      })}
    </section>`
  }

  #graph(exposures: Exposures) {
    return html`<div class="legend">
        <h3>Evaluations per ${stepInWords(exposures.stepMs)}</h3>
        <span class="muted small number">${formatCount(exposures.total)} evaluations</span>
      </div>
      <exposure-chart .exposures=${exposures} .offVariant=${this.offVariant}></exposure-chart>
      <exposure-table .exposures=${exposures}></exposure-table>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'flag-exposures': FlagExposures
  }
}
