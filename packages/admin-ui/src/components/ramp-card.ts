import { type Rollout, WEIGHT_SCALE } from '@rampart/evaluation'
import { html, LitElement, nothing } from 'lit'
import { customElement, property, query, state } from 'lit/decorators.js'
import { live } from 'lit/directives/live.js'
import type { Configuration, ConfigurationEdit, Flag, StaleVersion } from '../contract.ts'
import { told } from '../controls/told.ts'
import { defaultRollout } from '../state/default-rollout.ts'
import { shareChange, shareOf } from '../state/preview.ts'
import { Rights } from '../state/rights.ts'
import { base } from '../styles/base.styles.ts'
import { card } from '../styles/card.styles.ts'
import { controls } from '../styles/controls.styles.ts'
import { formatCount, formatShare, parseShare, shareInWords, shareNumber } from '../words/shares.ts'
import './conflict-notice.ts'
import './id-preview.ts'
import { rampStyles } from './ramp-card.styles.ts'
import './ramp-track.ts'
import './reason-field.ts'
import type { ReasonField } from './reason-field.ts'

/** What a card of the flag's page asks to be saved, and from which version the edit started. */
export interface SaveRequest {
  edit: Partial<ConfigurationEdit>
  version: number
  reason: string
}

/**
 * Sets the share of the default rule. Before saving it says what would change for whom; an edit is never lost when
 * somebody else saves meanwhile.
 *
 * @fires save - detail: SaveRequest
 * @fires discard - the edit and what was said about it
 * @fires plan-ramp - several steps, by plan
 */
@customElement('ramp-card')
export class RampCard extends LitElement {
  static override styles = [base, controls, card, rampStyles]

  @query('#share') private slider!: HTMLInputElement | null
  @query('reason-field') private reasonField!: ReasonField | null

  /** The weight being edited; null while nothing is. */
  @state() private draft: number | null = null
  /** What stands in the exact field while somebody types there: "0.0" on the way to "0.05" must stay as it is. */
  @state() private typed: string | null = null
  #startedAt = 0

  #rights = new Rights(this)

  @property({ attribute: false }) flag!: Flag

  @property({ attribute: false }) configuration!: Configuration

  /** Evaluations of the last 24 hours, all variants together; null while unknown. */
  @property({ attribute: false }) evaluationsADay: number | null = null

  @property({ type: Boolean }) saving = false

  /** Why the last save was refused. */
  @property() failure = ''

  /** Set when somebody else saved first. */
  @property({ attribute: false }) conflict: StaleVersion | null = null

  /** Brings the slider under the keyboard. */
  async focusSlider() {
    await this.updateComplete
    this.slider?.focus()
    this.scrollIntoView({ block: 'center' })
  }

  /** Forgets the edit: it was saved, or given up. */
  reset() {
    this.draft = null
    this.typed = null
    this.reasonField?.clear()
  }

  #discard() {
    this.reset()
    this.dispatchEvent(new Event('discard'))
  }

  get #rollout(): Rollout {
    return defaultRollout(this.flag, this.configuration)
  }

  get #weight(): number {
    return this.draft ?? this.#rollout.weight
  }

  get #unreadable(): boolean {
    return this.typed !== null && parseShare(this.typed) === null
  }

  get #dirty(): boolean {
    return this.draft !== null && (this.draft !== this.#rollout.weight || !this.configuration.on)
  }

  // Through CSSOM: the policy forbids style attributes.
  protected override updated() {
    this.slider?.style.setProperty('--filled', `${this.#weight / 1000}%`)
  }

  #edit(weight: number) {
    if (this.draft === null) this.#startedAt = this.configuration.version
    this.draft = weight
  }

  #choose(weight: number) {
    this.typed = null
    this.#edit(weight)
  }

  #slide(event: Event) {
    const percent = Number((event.target as HTMLInputElement).value)
    // A pixel of the slider is a tenth of a percent at best: round to what a person means by it.
    const step = percent < 2 ? 100 : 1000
    this.#choose(Math.min(WEIGHT_SCALE, Math.round((percent * 1000) / step) * step))
  }

  #type(event: Event) {
    this.typed = (event.target as HTMLInputElement).value
    const weight = parseShare(this.typed)
    if (weight !== null) this.#edit(weight)
  }

  #save(event: SubmitEvent) {
    event.preventDefault()
    this.#request(this.#startedAt)
  }

  #request(version: number) {
    if (this.#unreadable || this.saving) return
    const edit = { on: true, defaultServe: { rollout: { ...this.#rollout, weight: this.#weight } } }
    this.#fire(edit, version)
  }

  #switch(on: boolean) {
    this.#fire({ on }, this.configuration.version)
  }

  #fire(edit: SaveRequest['edit'], version: number) {
    const reason = this.reasonField?.read()
    if (reason === undefined) return
    const detail: SaveRequest = { edit, version, reason }
    this.dispatchEvent(new CustomEvent('save', { detail }))
  }

  override render() {
    const { configuration } = this
    const still = configuration.kill.killed || !configuration.on
    const writes = this.#rights.has('flags:write')
    return html`<section class="card" aria-labelledby="title">
      <header>
        <h2 id="title">Ramp <span class="muted">by hand</span></h2>
        <span class="row">
        ${
          configuration.ramp === null && this.#rights.has('ramps:write')
            ? html`<wa-button
              appearance="outlined"
              size="s"
              @click=${() => this.dispatchEvent(new Event('plan-ramp'))}
            >Plan a ramp</wa-button>`
            : nothing
        }
        ${
          !writes
            ? nothing
            : configuration.on
              ? html`<wa-button
                appearance="outlined"
                size="s"
                ?disabled=${this.saving}
                @click=${() => this.#switch(false)}
              >Turn off</wa-button>`
              : html`<wa-button
                appearance="outlined"
                size="s"
                ?disabled=${this.saving}
                @click=${() => this.#switch(true)}
              >Turn on</wa-button>`
        }
        </span>
      </header>
      <ramp-track
        .weight=${this.#rollout.weight}
        .draft=${this.#weight}
        .still=${still}
        ?inert=${!writes}
        @choose=${(event: CustomEvent<number>) => this.#choose(event.detail)}
      ></ramp-track>
      ${writes ? this.#form() : this.#words()}
      <id-preview
        .flag=${this.flag}
        .configuration=${configuration}
        .next=${{ on: true, defaultServe: { rollout: { ...this.#rollout, weight: this.#weight } } }}
        .edited=${this.#dirty}
      ></id-preview>
    </section>`
  }

  #form() {
    return html`<form @submit=${this.#save} novalidate>
        ${this.#fields()} ${this.#words()} ${this.#changedMeanwhile()}
        ${
          this.conflict
            ? html`<conflict-notice
              .conflict=${this.conflict}
              @keep-mine=${() => this.#request(this.conflict?.current.version ?? 0)}
              @take-theirs=${this.#discard}
            ></conflict-notice>`
            : nothing
        }
        ${this.failure ? html`<div class="notice red" role="alert">Not saved. ${this.failure}</div>` : nothing}
        <div class="save">
          <reason-field></reason-field>
          <wa-button
            appearance="outlined"
            ?hidden=${this.draft === null && !this.#unreadable}
            @click=${this.#discard}
          >Cancel</wa-button>
          <wa-button type="submit" variant="brand" ?disabled=${!this.#dirty || this.#unreadable || this.saving}>Save</wa-button>
        </div>
      </form>`
  }

  #fields() {
    const weight = this.#weight
    return html`<div class="fields">
      <input
        id="share"
        type="range"
        min="0"
        max="100"
        step="any"
        aria-label="Share of users"
        aria-valuetext="${formatShare(weight)}, ${shareInWords(weight)}"
        .value=${live(String(weight / 1000))}
        @input=${this.#slide}
      />
      <span class="exact">
        <wa-input
          label="Exact share in percent"
          class="number bare"
          inputmode="decimal"
          .value=${live(this.typed ?? shareNumber(weight))}
          @input=${this.#type}
          @blur=${() => {
            if (!this.#unreadable) this.typed = null
          }}
          ${told('unreadable', this.#unreadable)}
        ></wa-input>
        <span aria-hidden="true">%</span>
      </span>
      <span class="error" id="unreadable" ?hidden=${!this.#unreadable}
        >Give a share from 0 to 100 with at most three decimals.</span
      >
    </div>`
  }

  #words() {
    const rollout = this.#rollout
    const who = rollout.bucketBy ? `${rollout.bucketBy} values` : 'users'
    const { split } = rollout
    return html`<div class="words">
      <p class="share">
        <strong>${shareInWords(this.#weight, who)}</strong> ${this.#verb()}
        ${split.map(
          ({ variant, weight }, index) =>
            html`${index === 0 ? '' : ', '}<code>${variant}</code>${
              split.length > 1 ? html` <span class="muted">(${formatShare(weight)} of them)</span>` : nothing
            }`,
        )}
      </p>
      <p class="effect" role="status">${this.#dirty ? this.#effect() : this.#law()}</p>
    </div>`
  }

  // What is not served is not said as if it were.
  #verb(): string {
    const { kill, on } = this.configuration
    if (kill.killed || (!on && !this.#dirty)) return 'would get'
    return this.#weight === 0 || this.#weight >= WEIGHT_SCALE ? 'gets' : 'get'
  }

  #law() {
    const { configuration } = this
    if (configuration.kill.killed)
      return html`<span class="muted">Killed: nobody gets it, whatever the share. Saving does not restore it.</span>`
    if (!configuration.on)
      return html`<span class="muted">Switched off: nobody gets it. Saving a share switches it on.</span>`
    if (!configuration.defaultServe.rollout) {
      return html`<span class="muted">Everyone gets one fixed variant now. Saving a share makes it a rollout.</span>`
    }
    return html`<span class="muted">Raising the share only adds people. Lowering it removes the newest first.</span>`
  }

  /** "about 1 480 more evaluations a day get it, 0 lose it, nobody changes variant": exposures are evaluations. */
  #effect() {
    const { configuration } = this
    if (configuration.kill.killed) return html`Nothing changes for anybody until the flag is restored.`
    const next = { ...configuration, on: true, defaultServe: { rollout: { ...this.#rollout, weight: this.#weight } } }
    const { before, after, gainADay, loseADay } = shareChange(
      shareOf(configuration, false),
      shareOf(next, false),
      this.evaluationsADay ?? 0,
    )
    const steps = html`<strong class="number">${formatShare(before)} → ${formatShare(after)}</strong>`
    if (gainADay === null || loseADay === null) {
      const words = after > before ? 'people are only added' : 'the newest leave first'
      return html`${steps}: ${words}, nobody changes variant. No evaluations in the last day, so no number can be given.`
    }
    // Whom targets and rules answer, the default does not reach; how many they are nobody can tell from here.
    const about = configuration.targets.length + configuration.rules.length > 0 ? 'at most about' : 'about'
    const more = gainADay > 0 ? `${about} ${formatCount(gainADay)} more evaluations a day get it` : '0 more get it'
    const fewer = loseADay > 0 ? `${about} ${formatCount(loseADay)} evaluations a day lose it` : '0 lose it'
    return html`${steps}: ${after >= before ? `${more}, ${fewer}` : `${fewer}, ${more}`}, nobody changes variant.`
  }

  #changedMeanwhile() {
    const { version, updatedBy } = this.configuration
    if (this.draft === null || version === this.#startedAt || this.conflict) return nothing
    return html`<div class="notice amber" role="status">
      ${updatedBy ?? 'Somebody'} changed this flag while you were editing: the share is now
      <strong>${formatShare(this.#rollout.weight)}</strong>. Your edit is kept; saving shows both.
    </div>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'ramp-card': RampCard
  }
}
