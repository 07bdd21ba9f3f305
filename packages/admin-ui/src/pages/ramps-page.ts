import { consume } from '@lit/context'
import { Task } from '@lit/task'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, state } from 'lit/decorators.js'
import { repeat } from 'lit/directives/repeat.js'
import { listRamps } from '../api/ramps.ts'
import '../components/list-skeleton.ts'
import '../components/load-failure.ts'
import '../components/share-bar.ts'
import '../components/state-badge.ts'
import type { FlagState, RampLine } from '../contract.ts'
import { routeTo } from '../routes.ts'
import { Clock } from '../state/clock.ts'
import { scopeContext, type Scope } from '../state/contexts.ts'
import { errorText } from '../state/errors.ts'
import { followChanges } from '../state/follow-changes.ts'
import { base } from '../styles/base.styles.ts'
import { card } from '../styles/card.styles.ts'
import { nextWords } from '../words/ramps.ts'
import { formatShare } from '../words/shares.ts'
import { wholeTime } from '../words/times.ts'

const TICK_MS = 1000

/** Every ramp of the project that is not over: what moves next, and what waits for somebody. */
@customElement('ramps-page')
export class RampsPage extends LitElement {
  static override styles = [
    base,
    card,
    css`
      .stack {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 16px;
      }
      ul {
        margin: 0;
        padding: 0;
        list-style: none;
      }
      li {
        display: grid;
        grid-template-columns: minmax(0, 2fr) minmax(0, 2fr) minmax(0, 2fr);
        align-items: center;
        gap: 4px 20px;
        min-height: 48px;
        padding: 6px 0;
        border-top: 1px solid var(--line);
      }
      li:first-child {
        border-top: 0;
      }
      .share {
        display: flex;
        align-items: center;
        gap: 10px;
      }
      a {
        font-weight: 600;
        overflow-wrap: anywhere;
      }
      @media (max-width: 720px) {
        li {
          grid-template-columns: minmax(0, 1fr);
          padding: 12px 0;
        }
      }
    `,
  ]

  @consume({ context: scopeContext, subscribe: true })
  @state()
  private scope!: Scope

  #clock = new Clock(this, TICK_MS)

  #ramps = new Task(this, {
    args: () => [this.scope.project] as const,
    task: ([project], { signal }) => listRamps(project, signal),
  })

  constructor() {
    super()
    followChanges(
      this,
      () => true,
      () => void this.#ramps.run(),
    )
  }

  override connectedCallback() {
    super.connectedCallback()
    document.title = 'Ramps · Rampart'
  }

  override render() {
    const ramps = this.#ramps.value
    return html`<div class="stack">
      <h1>Ramps</h1>
      ${
        ramps
          ? this.#lists(ramps)
          : this.#ramps.render({
              pending: () => html`<list-skeleton .rows=${3}></list-skeleton>`,
              error: (error) =>
                html`<load-failure what="The ramps" .why=${errorText(error)} @retry=${() => this.#ramps.run()}></load-failure>`,
            })
      }
    </div>`
  }

  #lists(ramps: RampLine[]) {
    if (ramps.length === 0) {
      return html`<section class="card">
        <p><strong>No ramp is under way.</strong></p>
        <p class="muted">Open a flag and press “Plan a ramp”: it goes from few users to everyone in steps, by itself.</p>
      </section>`
    }
    const waits = ({ state }: RampLine) => state === 'holding' || state === 'rolled_back'
    return [
      this.#list('Held: somebody has to look', ramps.filter(waits)),
      this.#list(
        'Running',
        ramps.filter(({ state }) => state === 'running'),
      ),
      this.#list(
        'Planned',
        ramps.filter(({ state }) => state === 'draft'),
      ),
    ]
  }

  #list(title: string, ramps: RampLine[]) {
    if (ramps.length === 0) return null
    return html`<section class="card" aria-label=${title}>
      <header><h2>${title}</h2></header>
      <ul>
        ${repeat(
          ramps,
          ({ flag, environment }) => `${flag} ${environment}`,
          (ramp) => this.#line(ramp),
        )}
      </ul>
    </section>`
  }

  #line(ramp: RampLine) {
    const { flag, environment, weight, next, stepCount, step } = ramp
    return html`<li>
      <span>
        <a class="mono" href=${`${routeTo(this.scope.project, environment, 'flags', flag)}#ramp`}>${flag}</a>
        <span class="muted">in ${environment}</span>
      </span>
      <span class="share">
        ${ramp.state === 'draft' ? nothing : html`<state-badge .state=${stateOf(ramp)}></state-badge>`}
        <share-bar .weight=${weight} .state=${stateOf(ramp)}></share-bar>
        <strong class="number">${formatShare(weight)}</strong>
        <span class="muted small">${step < 0 ? `before ${stepCount} steps` : `step ${step + 1} of ${stepCount}`}</span>
      </span>
      <span title=${next.at ? wholeTime(next.at) : next.sentence}>${nextWords(ramp, this.#clock.now)}</span>
    </li>`
  }
}

function stateOf({ state, holdReason }: RampLine): FlagState {
  if (state === 'running') return 'ramping'
  if (state === 'draft') return 'off'
  return holdReason === 'killed' ? 'killed' : 'held'
}

declare global {
  interface HTMLElementTagNameMap {
    'ramps-page': RampsPage
  }
}
