import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, query, state } from 'lit/decorators.js'
import { live } from 'lit/directives/live.js'
import type { NewRamp, RampPlan, RampTemplate } from '../contract.ts'
import {
  type HoursDraft,
  type Mistake,
  type PlanDraft,
  readDraft,
  type StepDraft,
  templateOf,
  toDraft,
} from '../state/plan-draft.ts'
import { base } from '../styles/base.styles.ts'
import { card } from '../styles/card.styles.ts'
import { choices } from '../styles/choices.styles.ts'
import { controls } from '../styles/controls.styles.ts'
import './plan-hours.ts'
import './plan-simple.ts'
import './plan-steps.ts'
import './reason-field.ts'
import type { ReasonField } from './reason-field.ts'

export interface PlanRequest {
  ramp: NewRamp
  /** At once after it is planned. */
  start: boolean
}

export interface TemplateRequest {
  name: string
  plan: RampTemplate['plan']
}

/**
 * Writes the plan of a ramp: simply, shares and one soak, or step by step with approvals; when it starts and at which hours
 * it may move.
 *
 * @fires plan - detail: PlanRequest
 * @fires keep-template - detail: TemplateRequest
 * @fires cancel
 */
@customElement('ramp-planner')
export class RampPlanner extends LitElement {
  static override styles = [
    base,
    controls,
    card,
    choices,
    css`
      h2 .muted {
        font-weight: 400;
      }
      form {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 20px;
      }
      .two {
        display: grid;
        grid-template-columns: minmax(0, 2fr) minmax(0, 1fr);
        gap: 16px;
      }
      .field .choices {
        justify-self: start;
      }
      .time {
        align-content: start;
      }
      .time {
        max-width: 240px;
      }
      .keep {
        display: flex;
        gap: 8px;
        max-width: 360px;
        margin-top: 8px;
      }
      @media (max-width: 720px) {
        .two {
          grid-template-columns: minmax(0, 1fr);
        }
        .save wa-button {
          flex: 1;
          --wa-form-control-height: 48px;
        }
      }
    `,
  ]

  @query('reason-field') private why!: ReasonField
  @query('#first') private firstField!: HTMLElement | null

  @property({ attribute: false }) templates: RampTemplate[] = []

  /** The draft that is changed; null for a new plan. */
  @property({ attribute: false }) plan: RampPlan | null = null

  /** Rules whose rollout could be ramped: id and words. */
  @property({ attribute: false }) rules: { id: string; words: string }[] = []

  @property() rule: string | null = null

  @property() environment = ''

  @property({ type: Boolean }) saving = false

  @property() failure = ''

  @state() private draft: PlanDraft | null = null
  @state() private view: 'simple' | 'steps' = 'simple'
  @state() private mistakes: Mistake[] = []

  async focusFirst() {
    await this.updateComplete
    this.firstField?.focus()
    this.scrollIntoView({ block: 'center' })
  }

  protected override willUpdate() {
    if (this.draft) return
    const [template] = this.templates
    if (this.plan) this.#take(toDraft(this.plan), 'steps')
    else if (template) this.#take(toDraft(template.plan), 'simple')
  }

  #take(draft: PlanDraft, view: 'simple' | 'steps') {
    this.draft = draft
    this.view = view
    this.mistakes = []
  }

  #change(part: Partial<PlanDraft>) {
    if (this.draft) this.draft = { ...this.draft, ...part }
    this.mistakes = []
  }

  #choose(name: string) {
    const template = this.templates.find((one) => one.name === name)
    if (!template || !this.draft) return
    const { startAt } = this.draft
    // One soak for all and no approvals fit into the simple form; whatever else does not.
    const { steps } = template.plan
    const isSimple = steps.every(
      ({ approval, soakSeconds }, at) =>
        !approval && soakSeconds === (at === steps.length - 1 ? 0 : steps[0]?.soakSeconds),
    )
    this.#take({ ...toDraft(template.plan), startAt }, isSimple ? 'simple' : 'steps')
  }

  #submit(event: SubmitEvent) {
    event.preventDefault()
    const start = (event.submitter as HTMLButtonElement | null)?.value === 'start'
    const { plan, mistakes } = readDraft(this.draft as PlanDraft)
    this.mistakes = mistakes
    if (!plan) {
      if (mistakes.some(({ step }) => step !== null)) this.view = 'steps'
      return
    }
    const data = new FormData(event.target as HTMLFormElement)
    const reason = this.why.read()
    if (reason === undefined) return
    const rule = String(data.get('rule') ?? this.rule ?? '')
    const ramp = { ...plan, ...(reason ? { reason } : {}), ...(rule ? { rule } : {}) }
    this.dispatchEvent(new CustomEvent<PlanRequest>('plan', { detail: { ramp, start } }))
  }

  #keep(event: Event) {
    const name = (event.currentTarget as HTMLElement).parentElement?.querySelector('wa-input')?.value?.trim() ?? ''
    const plan = this.draft && templateOf(this.draft)
    if (name && plan) this.dispatchEvent(new CustomEvent<TemplateRequest>('keep-template', { detail: { name, plan } }))
  }

  override render() {
    const { draft } = this
    if (!draft) return nothing
    return html`<section class="card" aria-labelledby="title">
      <header>
        <h2 id="title">Plan a ramp <span class="muted">in ${this.environment}</span></h2>
        <span class="choices" role="group" aria-label="How to write the plan">
          ${(['simple', 'steps'] as const).map(
            (view) =>
              html`<button type="button" aria-pressed=${this.view === view ? 'true' : 'false'} @click=${() => {
                this.view = view
              }}>${view === 'simple' ? 'Simple' : 'Step by step'}</button>`,
          )}
        </span>
      </header>
      <form @submit=${this.#submit} novalidate>
        ${this.#template()} ${this.#steps(draft)} ${this.#general()} ${this.#when(draft)}
        ${this.failure ? html`<div class="notice red" role="alert">Not planned. ${this.failure}</div>` : nothing}
        <reason-field></reason-field>
        <div class="row apart">
          <span class="row save">
            <wa-button type="submit" variant="brand" value="start" ?disabled=${this.saving}>Plan and start</wa-button>
            <wa-button type="submit" appearance="outlined" value="plan" ?disabled=${this.saving}>Save the plan</wa-button>
            <wa-button
              appearance="plain"
              variant="brand"
              @click=${() => this.dispatchEvent(new Event('cancel'))}
            >Leave it</wa-button>
          </span>
        </div>
        <details>
          <summary>Keep it as a template of the project</summary>
          <span class="keep">
            <wa-input
              label="Name of the template"
              class="bare"
              placeholder="careful-api"
              spellcheck="false"
              autocomplete="off"
            ></wa-input>
            <wa-button appearance="outlined" ?disabled=${this.saving} @click=${this.#keep}>Keep</wa-button>
          </span>
        </details>
      </form>
    </section>`
  }

  #template() {
    return html`<div class="two">
      <div class="field">
        <label for="first">Begin with</label>
        <select id="first" class="input" @change=${(event: Event) => this.#choose((event.target as HTMLSelectElement).value)}>
          ${this.plan ? html`<option value="" selected>the plan as it is</option>` : nothing}
          ${this.templates.map(
            ({ name, description }) =>
              html`<option value=${name}>${description ? `${name}: ${description}` : name}</option>`,
          )}
        </select>
      </div>
      ${
        this.rules.length > 0
          ? html`<div class="field">
              <label for="rule">Whose share</label>
              <select id="rule" name="rule" class="input">
                <option value="">everyone else (the default)</option>
                ${this.rules.map(({ id, words }) => html`<option value=${id} ?selected=${id === this.rule}>${words}</option>`)}
              </select>
            </div>`
          : nothing
      }
    </div>`
  }

  #steps({ steps }: PlanDraft) {
    const change = (event: CustomEvent<StepDraft[]>) => this.#change({ steps: event.detail })
    return this.view === 'simple'
      ? html`<plan-simple .steps=${steps} .wrong=${this.mistakes.length > 0} @change=${change}></plan-simple>`
      : html`<plan-steps .steps=${steps} .mistakes=${this.mistakes} @change=${change}></plan-steps>`
  }

  #general() {
    return this.mistakes
      .filter(({ step }) => step === null)
      .map(({ message }) => html`<div class="error" role="alert">${message}</div>`)
  }

  #when(draft: PlanDraft) {
    return html`<div class="two">
      <plan-hours
        .hours=${draft.hours}
        @change=${(event: CustomEvent<HoursDraft>) => this.#change({ hours: event.detail })}
      ></plan-hours>
      <div class="field time">
        <wa-input
          id="start"
          label="First step at (empty: when started)"
          type="datetime-local"
          .value=${live(draft.startAt)}
          @change=${(event: Event) => this.#change({ startAt: (event.target as HTMLInputElement).value })}
        ></wa-input>
        <span class="choices" role="group" aria-label="Who advances it">
          ${(['timed', 'manual'] as const).map(
            (mode) =>
              html`<button type="button" aria-pressed=${draft.mode === mode ? 'true' : 'false'} @click=${() => this.#change({ mode })}>
                ${mode === 'timed' ? 'advances by itself' : 'by hand'}
              </button>`,
          )}
        </span>
      </div>
    </div>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'ramp-planner': RampPlanner
  }
}
