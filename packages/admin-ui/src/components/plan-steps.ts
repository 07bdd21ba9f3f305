import { css, html, LitElement, nothing } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { live } from 'lit/directives/live.js'
import { told } from '../controls/told.ts'
import { type Mistake, SOAK_UNITS, type StepDraft } from '../state/plan-draft.ts'
import { base } from '../styles/base.styles.ts'
import { controls } from '../styles/controls.styles.ts'

/**
 * The steps of a plan, one row each.
 *
 * @fires change - detail: StepDraft[]
 */
@customElement('plan-steps')
export class PlanSteps extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      table {
        width: 100%;
        border-collapse: collapse;
      }
      th {
        padding: 0 12px 4px 0;
        color: var(--ink-2);
        font-size: var(--size-12);
        font-weight: 500;
        text-align: left;
      }
      td {
        padding: 4px 12px 4px 0;
      }
      .share,
      .soak {
        display: flex;
        align-items: center;
        gap: 6px;
      }
      .share wa-input {
        width: 88px;
      }
      .soak wa-input {
        width: 72px;
      }
      select.input {
        width: auto;
      }
      .add {
        margin-top: 8px;
      }
      @media (max-width: 720px) {
        thead {
          display: none;
        }
        tr {
          display: grid;
          grid-template-columns: minmax(0, 1fr) auto;
          padding: 8px 0;
          border-bottom: 1px solid var(--line);
        }
        td {
          padding: 4px 0;
        }
        td.wide {
          grid-column: 1 / -1;
        }
      }
    `,
  ]

  @property({ attribute: false }) steps: StepDraft[] = []

  @property({ attribute: false }) mistakes: Mistake[] = []

  #change(steps: StepDraft[]) {
    this.dispatchEvent(new CustomEvent('change', { detail: steps }))
  }

  #set(at: number, part: Partial<StepDraft>) {
    this.#change(this.steps.map((step, index) => (index === at ? { ...step, ...part } : step)))
  }

  #add() {
    const last = this.steps.at(-1)
    this.#change([...this.steps, { share: '', soak: '1', unit: last?.unit ?? 'hours', approval: false }])
  }

  override render() {
    return html`<table>
        <thead>
          <tr>
            <th scope="col">Share of users</th>
            <th scope="col">Then wait</th>
            <th scope="col">Approval before it</th>
            <td></td>
          </tr>
        </thead>
        <tbody>
          ${this.steps.map((step, at) => this.#row(step, at))}
        </tbody>
      </table>
      <wa-button class="add" appearance="outlined" size="s" @click=${this.#add}>Add a step</wa-button>`
  }

  #row(step: StepDraft, at: number) {
    const name = `step ${at + 1}`
    const wrong = this.mistakes.filter((mistake) => mistake.step === at)
    const text = (part: 'share' | 'soak') => (event: Event) =>
      this.#set(at, { [part]: (event.target as HTMLInputElement).value })
    return html`<tr>
      <td>
        <span class="share">
          <wa-input
            label="Share of ${name} in percent"
            class="number bare"
            inputmode="decimal"
            .value=${live(step.share)}
            @input=${text('share')}
            ${told('', wrong.length > 0)}
          ></wa-input>
          <span aria-hidden="true">%</span>
        </span>
      </td>
      <td class="wide">
        <span class="soak">
          <wa-input
            label="Soak of ${name}"
            class="number bare"
            inputmode="numeric"
            .value=${live(step.soak)}
            @input=${text('soak')}
          ></wa-input>
          <select
            class="input"
            aria-label="Unit of the soak of ${name}"
            @change=${(event: Event) => this.#set(at, { unit: (event.target as HTMLSelectElement).value as StepDraft['unit'] })}
          >
            ${SOAK_UNITS.map(([unit]) => html`<option value=${unit} ?selected=${unit === step.unit}>${unit}</option>`)}
          </select>
        </span>
        ${wrong.map(({ message }) => html`<span class="error">${message}</span>`)}
      </td>
      <td>
        ${
          at === 0
            ? html`<span class="muted small">by starting it</span>`
            : html`<wa-checkbox
                  .checked=${live(step.approval)}
                  @change=${(event: Event) => this.#set(at, { approval: (event.target as HTMLInputElement).checked })}
                >needed<span class="spoken">: approval before ${name}</span></wa-checkbox
              >`
        }
      </td>
      <td>
        ${
          this.steps.length > 1
            ? html`<wa-button
              appearance="outlined"
              size="s"
              @click=${() => this.#change(this.steps.filter((_, index) => index !== at))}
            ><span aria-hidden="true">Remove</span><span class="spoken">Remove ${name}</span></wa-button>`
            : nothing
        }
      </td>
    </tr>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'plan-steps': PlanSteps
  }
}
