import { html, LitElement, nothing, type PropertyValues } from 'lit'
import { customElement, property, query, state } from 'lit/decorators.js'
import { repeat } from 'lit/directives/repeat.js'
import type { DayExposures, FlagSummary, RampBrief } from '../contract.ts'
import type { StaleFlags } from '../state/flag-search.ts'
import { RowWindow } from '../state/row-window.ts'
import { base } from '../styles/base.styles.ts'
import { tersely } from '../words/changes.ts'
import { nextWords } from '../words/ramps.ts'
import { formatCount, formatShare, shortCount } from '../words/shares.ts'
import { shortTime, wholeTime } from '../words/times.ts'
import './environment-marks.ts'
import { flagRows } from './flag-list.styles.ts'
import './share-bar.ts'
import './spark-line.ts'
import './state-badge.ts'

const PHONE = matchMedia('(max-width: 720px)')
const HEADER_PX = 60

/**
 * One row per flag, drawn only where the screen is. Arrows move, and the row in focus is a link.
 * Sizes of rows stand in the styles and here: the two must agree.
 */
@customElement('flag-list')
export class FlagList extends LitElement {
  static override styles = [base, flagRows]

  #window = new RowWindow(this, () => ({
    element: this.rows,
    count: this.flags.length,
    height: PHONE.matches ? 84 : 60,
  }))

  @query('.rows') private rows!: HTMLElement | null
  @query('.above') private above!: HTMLElement | null
  @query('.below') private below!: HTMLElement | null

  /** Index of the row that has the keyboard. */
  @state() private active = 0

  @property({ attribute: false }) flags: FlagSummary[] = []

  /** Key of the environment on screen. */
  @property() environment = ''

  /** Keys of all environments, in their order. */
  @property({ attribute: false }) environments: string[] = []

  @property({ attribute: false }) exposures: Record<string, DayExposures> = {}

  /** Flags that nobody needs any more, by key. */
  @property({ attribute: false }) stale: StaleFlags = new Map()

  /** Address of a flag's page. */
  @property({ attribute: false }) link: (flag: string) => string = () => ''

  @property({ type: Number }) now = 0

  override connectedCallback() {
    super.connectedCallback()
    PHONE.addEventListener('change', this.#window.measure)
  }

  override disconnectedCallback() {
    super.disconnectedCallback()
    PHONE.removeEventListener('change', this.#window.measure)
  }

  /** The flag whose row has the keyboard. */
  get activeFlag(): FlagSummary | undefined {
    return this.flags[this.active]
  }

  /** Moves the keyboard by some rows, or to the first when it was elsewhere. */
  async move(by: number): Promise<void> {
    const inList = this.shadowRoot?.activeElement !== null
    const to = inList || by < 0 ? this.active + by : this.active
    this.active = Math.max(0, Math.min(to, this.flags.length - 1))
    this.#window.reveal(this.active, HEADER_PX)
    await this.updateComplete
    this.renderRoot.querySelector<HTMLElement>('.row.active a')?.focus({ preventScroll: true })
  }

  protected override willUpdate(changed: PropertyValues) {
    if (changed.has('flags')) {
      this.active = Math.max(0, Math.min(this.active, this.flags.length - 1))
      this.#window.clamp(this.flags.length)
    }
  }

  protected override updated(changed: PropertyValues) {
    const height = PHONE.matches ? 84 : 60
    const end = Math.min(this.#window.end, this.flags.length)
    // Through CSSOM: the policy forbids style attributes.
    if (this.above) this.above.style.height = `${this.#window.first * height}px`
    if (this.below) this.below.style.height = `${Math.max(0, this.flags.length - end) * height}px`
    if (changed.has('flags')) this.#window.measure()
  }

  override render() {
    const { first, end } = this.#window
    const shown = this.flags.slice(first, end)
    return html`<div role="table" aria-label="Flags" aria-rowcount=${this.flags.length + 1}>
      <div role="rowgroup">
        <div role="row" class="head" aria-rowindex="1">
          <span role="columnheader">Flag</span>
          <span role="columnheader" class="state-head">State in ${this.environment}</span>
          <span role="columnheader">Exposed, 24 h</span>
          <span role="columnheader">Last change</span>
          <span role="columnheader">Env.</span>
        </div>
      </div>
      <div role="rowgroup" class="rows">
        <div class="above" role="presentation"></div>
        ${repeat(
          shown,
          (flag) => flag.key,
          (flag, index) => this.#row(flag, first + index),
        )}
        <div class="below" role="presentation"></div>
      </div>
    </div>`
  }

  #row(flag: FlagSummary, index: number) {
    const here = flag.environments[this.environment]
    const day = this.exposures[flag.key]
    const state = here?.state ?? 'off'
    const active = index === this.active
    return html`<div
      role="row"
      class="row ${active ? 'active' : ''}"
      aria-rowindex=${index + 2}
      @click=${(event: MouseEvent) => this.#open(event)}
    >
      <span role="cell" class="flag">
        <a
          href=${this.link(flag.key)}
          tabindex=${active ? 0 : -1}
          @focus=${() => {
            this.active = index
          }}
          >${flag.key}</a
        >
        <span class="name">${flag.name}</span>
      </span>
      <span role="cell" class="state">
        <state-badge .state=${state}></state-badge>
        ${this.#share(flag)}
      </span>
      <span role="cell" class="exposed">
        <spark-line .points=${day?.points ?? []} .state=${state}></spark-line>
        <span class="number" title=${day ? `${formatCount(day.exposed)} of ${formatCount(day.total)} evaluations` : nothing}
          >${shortCount(day?.exposed ?? 0)}</span
        >
      </span>
      <span role="cell" class="last">${this.#lastChange(flag)}</span>
      <span role="cell" class="marks">
        <environment-marks .order=${this.environments} .states=${flag.environments}></environment-marks>
      </span>
    </div>`
  }

  #lastChange({ key, lastChange }: FlagSummary) {
    if (!lastChange) return nothing
    const { at, by, sentence, environment } = lastChange
    const elsewhere = environment !== null && environment !== this.environment ? ` in ${environment}` : ''
    return html`<span class="what" title="${by} ${sentence}">${by} · ${tersely(sentence, key, environment)}${elsewhere}</span>
      <time datetime=${at} title=${wholeTime(at)}>${shortTime(at, this.now)}</time>`
  }

  #share(flag: FlagSummary) {
    const here = flag.environments[this.environment]
    if (!here || here.state === 'off') return html`<span class="words muted">nobody ${this.#cleanUp(flag)}</span>`
    if (here.state === 'killed') {
      const by = here.killedBy ? `by ${here.killedBy}` : 'nobody gets it'
      return html`<span class="words">${by}${here.killedReason ? `: “${here.killedReason}”` : ''}</span>`
    }
    if (here.state === 'dark') return html`<span class="words muted">on, nobody exposed yet</span>`
    return html`<share-bar .weight=${here.share} .state=${here.state}></share-bar>
      <span class="words"
        ><strong class="number">${formatShare(here.share)}</strong> ${here.ramp ? this.#next(here.ramp) : this.#cleanUp(flag)}</span
      >`
  }

  #next(ramp: RampBrief) {
    return html`<span class="muted small" title=${ramp.next.sentence}>${nextWords(ramp, this.now)}</span>`
  }

  #cleanUp({ key }: FlagSummary) {
    const stale = this.stale.get(key)
    if (!stale) return nothing
    const days = Math.max(0, Math.floor((this.now - Date.parse(stale.since)) / 86_400_000))
    return html`<span class="muted small" title=${stale.sentence}>${days} days: clean up?</span>`
  }

  // The whole row opens, but the link is what keyboards and middle clicks meet.
  #open(event: MouseEvent) {
    if (event.composedPath().some((target) => target instanceof HTMLAnchorElement)) return
    if (getSelection()?.toString()) return
    ;(event.currentTarget as HTMLElement).querySelector('a')?.click()
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'flag-list': FlagList
  }
}
