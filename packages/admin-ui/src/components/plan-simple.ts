import { css, html, LitElement, type PropertyValues } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { live } from 'lit/directives/live.js'
import { told } from '../controls/told.ts'
import { sharesText, SOAK_UNITS, type SoakUnit, type StepDraft, stepsFromText } from '../state/plan-draft.ts'
import { base } from '../styles/base.styles.ts'
import { controls } from '../styles/controls.styles.ts'

/**
 * The steps of a plan in two fields: their shares, and one wait for all.
 *
 * @fires change - detail: StepDraft[]
 */
@customElement('plan-simple')
export class PlanSimple extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 2fr) minmax(0, 1fr);
        gap: 16px;
      }
      .soak {
        display: flex;
        gap: 6px;
      }
      .soak wa-input {
        flex: none;
        width: 72px;
      }
      @media (max-width: 720px) {
        :host {
          grid-template-columns: minmax(0, 1fr);
        }
      }
    `,
  ]

  @property({ attribute: false }) steps: StepDraft[] = []

  @property({ type: Boolean }) wrong = false

  /** What stands in the field: "1, 5," on the way to "1, 5, 25" must stay as it is. */
  @state() private typed: string | null = null
  @state() private soak: { count: string; unit: SoakUnit } = { count: '1', unit: 'hours' }

  /** What was written here last; other steps come from a template. */
  #written: StepDraft[] | null = null

  protected override willUpdate(changed: PropertyValues<this>) {
    const [first] = this.steps
    if (!changed.has('steps') || this.steps === this.#written || !first) return
    this.typed = null
    this.soak = { count: first.soak, unit: first.unit }
  }

  #write(text: string, soak = this.soak) {
    this.typed = text
    this.soak = soak
    this.#written = stepsFromText(text, soak.count, soak.unit)
    this.dispatchEvent(new CustomEvent('change', { detail: this.#written }))
  }

  override render() {
    const { count, unit } = this.soak
    const text = this.typed ?? sharesText(this.steps)
    const value = (event: Event) => (event.target as HTMLInputElement).value
    return html`<wa-input
      id="shares"
      label="Shares in percent"
      autocomplete="off"
      .value=${live(text)}
      @input=${(event: Event) => this.#write(value(event))}
      ${told('', this.wrong)}
    ></wa-input>
      <div class="field">
        <span class="label">Wait at each for</span>
        <span class="soak">
          <wa-input
            id="soak"
            class="number bare"
            label="Wait at each for"
            inputmode="numeric"
            .value=${live(count)}
            @input=${(event: Event) => this.#write(text, { count: value(event), unit })}
          ></wa-input>
          <select
            class="input"
            aria-label="Unit of the wait"
            @change=${(event: Event) => this.#write(text, { count, unit: value(event) as SoakUnit })}
          >
            ${SOAK_UNITS.map(([name]) => html`<option value=${name} ?selected=${name === unit}>${name}</option>`)}
          </select>
        </span>
      </div>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'plan-simple': PlanSimple
  }
}
