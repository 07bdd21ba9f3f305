import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, query } from 'lit/decorators.js'
import type { Ramp } from '../contract.ts'
import { base } from '../styles/base.styles.ts'
import { card } from '../styles/card.styles.ts'
import { controls } from '../styles/controls.styles.ts'
import { hoursWords, untilWords } from '../words/ramps.ts'
import { formatShare } from '../words/shares.ts'
import { longTime, shortTime, wholeTime } from '../words/times.ts'
import './ramp-controls.ts'
import type { RampControls } from './ramp-controls.ts'
import './ramp-stations.ts'

/**
 * A ramp under way: where it is, what it does next and when, what would stop it, and everything one can do about it.
 *
 * @fires steer - detail: Steering, from its controls
 * @fires edit-plan - from its controls
 */
@customElement('ramp-progress')
export class RampProgress extends LitElement {
  static override styles = [
    base,
    controls,
    card,
    css`
      h2 .muted {
        font-weight: 400;
      }
      .body {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 16px;
      }
      .stack {
        display: grid;
        gap: 8px;
      }
      .next {
        font-size: var(--size-16);
      }
      progress {
        display: block;
        width: 100%;
        height: 4px;
        border: 0;
        border-radius: 2px;
        appearance: none;
        background: var(--line);
      }
      progress::-webkit-progress-bar {
        border-radius: 2px;
        background: var(--line);
      }
      progress::-webkit-progress-value {
        border-radius: 2px;
        background: var(--accent);
      }
      progress::-moz-progress-bar {
        background: var(--accent);
      }
      ol.past {
        display: grid;
        gap: 8px;
        margin: 8px 0 0;
        padding: 0;
        list-style: none;
      }
      .past li {
        display: grid;
        grid-template-columns: 96px minmax(0, 1fr);
        gap: 0 12px;
      }
      .past .muted {
        grid-column: 2;
      }
      @media (max-width: 720px) {
        .past li {
          grid-template-columns: minmax(0, 1fr);
        }
        .past .muted {
          grid-column: 1;
        }
      }
    `,
  ]

  @query('ramp-controls') private rampControls!: RampControls

  @property({ attribute: false }) ramp!: Ramp

  @property({ type: Boolean }) killed = false

  @property({ type: Boolean }) saving = false

  /** Why the last command was refused. */
  @property() failure = ''

  @property({ type: Number }) now = 0

  /** Brings what can be done under the keyboard. */
  async focusControls() {
    await this.updateComplete
    await this.rampControls.focusFirst()
    this.scrollIntoView({ block: 'center' })
  }

  /** The reason was used. */
  reset() {
    this.rampControls.reset()
  }

  override render() {
    const { ramp } = this
    return html`<section class="card" aria-labelledby="title">
      <header>
        <h2 id="title">Ramp <span class="muted">${this.#kind()}</span></h2>
        <strong>${this.#word()}</strong>
      </header>
      <div class="body">
        <ramp-stations .ramp=${ramp} .still=${this.killed || ramp.state === 'draft'} .now=${this.now}></ramp-stations>
        <div class="stack">${this.#next()}</div>
        ${this.failure ? html`<div class="notice red" role="alert">Not done. ${this.failure}</div>` : nothing}
        <ramp-controls .ramp=${ramp} .killed=${this.killed} .saving=${this.saving}></ramp-controls>
        ${this.#past()}
      </div>
    </section>`
  }

  #kind(): string {
    const { rule, plan } = this.ramp
    const how = plan.mode === 'manual' ? 'advanced by hand' : 'by plan'
    return rule === null ? how : `${how}, of the rule ${rule}`
  }

  #word(): string {
    const { state, weight } = this.ramp
    const at = formatShare(weight)
    switch (state) {
      case 'draft':
        return 'planned'
      case 'running':
        return this.ramp.step < 0 ? 'waiting to start' : `running at ${at}`
      case 'holding':
        return `held at ${at}`
      case 'rolled_back':
        return `rolled back to ${at}`
      default:
        return state
    }
  }

  #next() {
    const { ramp } = this
    const { holdNote, state } = ramp
    const stands = state === 'holding' || state === 'rolled_back'
    const hours = hoursWords(ramp.plan)
    return html`<div class=${stands ? 'notice amber' : ''} role="status">
        <p class="next">${this.#when()}${ramp.next.sentence}</p>
        ${holdNote ? html`<p>${holdNote}</p>` : nothing} ${stands ? this.#cause() : nothing}
      </div>
      ${this.#soak()}
      ${hours ? html`<p class="muted small">It moves by itself only ${hours}.</p>` : nothing}
      ${
        state === 'running'
          ? html`<p class="muted small">A kill, a pause or a roll-back stops it; other edits of who gets it are locked.</p>`
          : nothing
      }`
  }

  /** "in 38 min:", also where the soak ends in front of an approval. */
  #when() {
    const { next, soakEndsAt } = this.ramp
    const at = next.at ?? (next.waitsFor === 'approval' ? soakEndsAt : null)
    if (!at) return nothing
    const until = untilWords(at, this.now)
    const words = next.at ? until : until === 'now' ? 'waits now' : `${until} it waits`
    return html`<strong title=${wholeTime(at)}>${words}:</strong> `
  }

  /** Who brought it to where it stands, and why. */
  #cause() {
    const last = this.ramp.history.at(-1)
    // What it did by itself the sentence above has said already.
    if (!last || last.by === 'ramp') return this.#changedMeanwhile()
    return html`<p>${last.by} ${last.sentence}${last.reason ? `: “${last.reason}”` : ''}, ${longTime(last.at, this.now)}.</p>
      ${this.#changedMeanwhile()}`
  }

  #changedMeanwhile() {
    const { steps, step, weight, can } = this.ramp
    const planned = steps[step]?.weight ?? weight
    if (planned === weight || !can.includes('resume')) return nothing
    return html`<p>Somebody set ${formatShare(weight)} meanwhile; resuming serves ${formatShare(planned)} again.</p>`
  }

  #soak() {
    const { soakEndsAt, steps, step } = this.ramp
    const here = steps[step]
    if (!soakEndsAt || !here || here.soakSeconds === 0) return nothing
    const leftMs = Math.max(0, Date.parse(soakEndsAt) - this.now)
    const done = Math.max(0, here.soakSeconds - leftMs / 1000)
    return html`<progress aria-label="Soak of ${formatShare(here.weight)}" max=${here.soakSeconds} .value=${done}></progress>`
  }

  #past() {
    const { history } = this.ramp
    return html`<details>
      <summary>What happened (${history.length})</summary>
      <ol class="past">
        ${history.toReversed().map(
          ({ at, by, sentence, reason, evidence }) =>
            html`<li>
              <time datetime=${at} title=${wholeTime(at)}>${shortTime(at, this.now)}</time>
              <span>${by} ${sentence}${reason ? html`: “${reason}”` : nothing}</span>
              ${evidence.length > 0 ? html`<span class="muted small">${evidence.map((one) => one.sentence).join(' ')}</span>` : nothing}
            </li>`,
        )}
      </ol>
    </details>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'ramp-progress': RampProgress
  }
}
