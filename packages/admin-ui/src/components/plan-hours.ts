import { css, html, LitElement, nothing } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { live } from 'lit/directives/live.js'
import { type HoursDraft, WEEKDAYS } from '../state/plan-draft.ts'
import type { Weekday } from '../contract.ts'
import { base } from '../styles/base.styles.ts'
import { choices } from '../styles/choices.styles.ts'
import { controls } from '../styles/controls.styles.ts'

/**
 * When a plan may move by itself: at any time, or on some days and hours of a time zone.
 *
 * @fires change - detail: HoursDraft
 */
@customElement('plan-hours')
export class PlanHours extends LitElement {
  static override styles = [
    base,
    controls,
    choices,
    css`
      .choices {
        flex-wrap: wrap;
        justify-self: start;
      }
      wa-input {
        width: auto;
      }
      .zone {
        width: 200px;
      }
      .field {
        display: grid;
        gap: 8px;
      }
    `,
  ]

  @property({ attribute: false }) hours!: HoursDraft

  #set(part: Partial<HoursDraft>) {
    this.dispatchEvent(new CustomEvent('change', { detail: { ...this.hours, ...part } }))
  }

  #toggle(day: Weekday) {
    const { days } = this.hours
    const chosen = days.includes(day) ? days.filter((one) => one !== day) : [...days, day]
    this.#set({ days: WEEKDAYS.filter((one) => chosen.includes(one)) })
  }

  override render() {
    const { limited } = this.hours
    return html`<div class="field">
      <span class="label">It may move by itself</span>
      <span class="choices" role="group" aria-label="When it may move by itself">
        <button type="button" aria-pressed=${limited ? 'false' : 'true'} @click=${() => this.#set({ limited: false })}>
          at any time
        </button>
        <button type="button" aria-pressed=${limited ? 'true' : 'false'} @click=${() => this.#set({ limited: true })}>
          only at some hours
        </button>
      </span>
      ${limited ? this.#window() : nothing}
    </div>`
  }

  #window() {
    const { days, from, to, timeZone } = this.hours
    const value = (event: Event) => (event.target as HTMLInputElement).value
    return html`<span class="choices" role="group" aria-label="Days">
        ${WEEKDAYS.map(
          (day) =>
            html`<button
              type="button"
              aria-pressed=${days.includes(day) ? 'true' : 'false'}
              @click=${() => this.#toggle(day)}
            >
              ${day.slice(0, 1).toUpperCase()}${day.slice(1, 3)}
            </button>`,
        )}
      </span>
      <span class="row">
        <wa-input
          label="From"
          class="bare"
          type="time"
          .value=${live(from)}
          @change=${(event: Event) => this.#set({ from: value(event) })}
        ></wa-input>
        <span>to</span>
        <wa-input
          label="To"
          class="bare"
          type="time"
          .value=${live(to)}
          @change=${(event: Event) => this.#set({ to: value(event) })}
        ></wa-input>
        <span>in</span>
        <input
          class="input zone"
          aria-label="Time zone"
          list="zones"
          spellcheck="false"
          .value=${live(timeZone)}
          @change=${(event: Event) => this.#set({ timeZone: value(event) })}
        />
        <datalist id="zones">
          ${Intl.supportedValuesOf('timeZone').map((zone) => html`<option value=${zone}></option>`)}
        </datalist>
      </span>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'plan-hours': PlanHours
  }
}
