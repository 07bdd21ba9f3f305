import type WaButton from '@awesome.me/webawesome/dist/components/button/button.js'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, query } from 'lit/decorators.js'
import type { Ramp, RampVerb } from '../contract.ts'
import { focusOn } from '../controls/focus-on.ts'
import { Rights } from '../state/rights.ts'
import { base } from '../styles/base.styles.ts'
import { controls } from '../styles/controls.styles.ts'
import { formatShare } from '../words/shares.ts'
import './reason-field.ts'
import type { ReasonField } from './reason-field.ts'

/** What a person wants a ramp to do. */
export interface Steering {
  verb: Exclude<RampVerb, 'plan'>
  weight?: number
  reason: string
}

/** What makes things safe takes a smaller right than what goes on. */
const STOPS: ReadonlySet<RampVerb> = new Set(['pause', 'rollback'])

/** What an environment may want explained: more people get it. */
const GOES_ON: ReadonlySet<RampVerb> = new Set(['start', 'advance', 'resume'])

/** Whoever shows the card hears what is done with it. */
const PASSES = { bubbles: true, composed: true } as const

/**
 * What one can do with a ramp now, and why one does it.
 *
 * @fires steer - detail: Steering
 * @fires edit-plan - the draft is to be changed
 */
@customElement('ramp-controls')
export class RampControls extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      .steer {
        display: grid;
        gap: 12px;
        padding-top: 16px;
        border-top: 1px solid var(--line);
      }
      .pair {
        display: inline-flex;
      }
      .pair .input {
        width: auto;
        border-right: 0;
        border-radius: var(--radius) 0 0 var(--radius);
      }
      .joined::part(base) {
        border-radius: 0 var(--radius) var(--radius) 0;
      }
      @media (max-width: 720px) {
        .row > * {
          flex: 1 1 auto;
        }
        .pair .input,
        .pair wa-button {
          flex: 1;
        }
      }
    `,
  ]

  @query('reason-field') private why!: ReasonField
  @query('.row wa-button') private firstButton!: WaButton | null

  #rights = new Rights(this)

  @property({ attribute: false }) ramp!: Ramp

  @property({ type: Boolean }) killed = false

  @property({ type: Boolean }) saving = false

  async focusFirst() {
    await this.updateComplete
    await focusOn(this.firstButton)
  }

  /** The reason was used. */
  reset() {
    this.why.clear()
  }

  #fire(event: Event) {
    this.dispatchEvent(event)
  }

  #steer(verb: Steering['verb'], weight?: number) {
    const reason = GOES_ON.has(verb) ? this.why.read() : this.why.text
    if (reason === undefined) return
    const detail: Steering = { verb, reason, ...(weight === undefined ? {} : { weight }) }
    this.#fire(new CustomEvent('steer', { detail, ...PASSES }))
  }

  override render() {
    if (!this.#rights.has('ramps:stop') && !this.#rights.has('ramps:write')) return nothing
    return html`<div class="steer">
      <reason-field></reason-field>
      <div class="row">${this.#buttons()}</div>
    </div>`
  }

  #buttons() {
    const { can, state, holdReason } = this.ramp
    const may = (verb: RampVerb) =>
      can.includes(verb) && this.#rights.has(STOPS.has(verb) ? 'ramps:stop' : 'ramps:write')
    const plain = (verb: Steering['verb'], word: string, accent = false) =>
      html`<wa-button
        appearance=${accent ? 'accent' : 'outlined'}
        variant=${accent ? 'brand' : 'neutral'}
        ?disabled=${this.saving}
        @click=${() => this.#steer(verb)}
        >${word}</wa-button
      >`
    // Resuming is what people came for when it stands still; an approval when it waits for one.
    const first = holdReason === 'approval' ? 'approve' : 'resume'
    return [
      may('start') ? plain('start', 'Start', true) : nothing,
      state === 'draft' && this.#rights.has('ramps:write')
        ? html`<wa-button
          appearance="outlined"
          ?disabled=${this.saving}
          @click=${() => this.#fire(new Event('edit-plan', PASSES))}
        >
            Change the plan
          </wa-button>`
        : nothing,
      may('acknowledge') ? plain('acknowledge', 'Acknowledge', true) : nothing,
      may('resume') && !this.killed ? plain('resume', 'Resume', first === 'resume') : nothing,
      may('approve') && !this.killed ? this.#approve() : nothing,
      may('pause') && state === 'running' ? plain('pause', 'Pause') : nothing,
      may('advance') && !this.killed ? this.#choice('advance', 'Advance to', this.#later()) : nothing,
      may('rollback') ? this.#choice('rollback', 'Roll back to', this.#earlier()) : nothing,
      // What it leaves behind stands on the button.
      may('cancel')
        ? plain(
            'cancel',
            state === 'draft' ? 'Drop the plan' : `Cancel the ramp, keep ${formatShare(this.ramp.weight)}`,
          )
        : nothing,
    ]
  }

  #approve() {
    const { steps, step, state, holdReason } = this.ramp
    const waiting = steps.find((one, at) => at > step && one.approval && !one.approvedBy)
    if (!waiting || (state === 'holding' && holdReason !== 'approval')) return nothing
    const holding = state === 'holding'
    return html`<wa-button
      appearance=${holding ? 'accent' : 'outlined'}
      variant=${holding ? 'brand' : 'neutral'}
      ?disabled=${this.saving}
      @click=${() => this.#steer('approve', waiting.weight)}
    >
      Approve ${formatShare(waiting.weight)}
    </wa-button>`
  }

  #later(): number[] {
    const { steps, step } = this.ramp
    return steps.slice(step + 1).map(({ weight }) => weight)
  }

  /** The step before first: what "back" means to most. */
  #earlier(): number[] {
    const { steps, step, weight } = this.ramp
    const before = steps.slice(0, Math.max(0, step)).map((one) => one.weight)
    return weight > 0 ? [...before.toReversed(), 0].filter((share) => share < weight) : []
  }

  #choice(verb: 'advance' | 'rollback', words: string, weights: number[]) {
    const [only] = weights
    if (only === undefined) return nothing
    const press = (event: Event) => {
      const select = (event.currentTarget as HTMLElement).parentElement?.querySelector('select')
      this.#steer(verb, Number(select?.value ?? only))
    }
    return html`<span class="pair">
      ${
        weights.length > 1
          ? html`<select class="input" aria-label=${words}>
              ${weights.map((weight) => html`<option value=${weight}>${formatShare(weight)}</option>`)}
            </select>`
          : nothing
      }
      <wa-button
        class=${weights.length > 1 ? 'joined' : ''}
        appearance="outlined"
        ?disabled=${this.saving}
        @click=${press}
      >
        ${words.replace(' to', '')}${weights.length > 1 ? nothing : ` to ${formatShare(only)}`}
      </wa-button>
    </span>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'ramp-controls': RampControls
  }
}
