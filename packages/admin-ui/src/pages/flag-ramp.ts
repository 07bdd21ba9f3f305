import { consume } from '@lit/context'
import { Task } from '@lit/task'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, query, state } from 'lit/decorators.js'
import { getRamp, keepTemplate, listTemplates, planRamp, steerRamp } from '../api/ramps.ts'
import '../components/ramp-planner.ts'
import type { PlanRequest, RampPlanner, TemplateRequest } from '../components/ramp-planner.ts'
import '../components/ramp-progress.ts'
import type { Steering } from '../components/ramp-controls.ts'
import type { RampProgress } from '../components/ramp-progress.ts'
import type { Configuration, Ramp } from '../contract.ts'
import { announce } from '../state/announce.ts'
import { Clock } from '../state/clock.ts'
import { scopeContext, type Scope } from '../state/contexts.ts'
import { errorText } from '../state/errors.ts'
import { base } from '../styles/base.styles.ts'
import { plainText, ruleParts } from '../words/sentences.ts'

/** Soaks of seconds are watched by the second. */
const TICK_MS = 1000

/**
 * The ramp of a flag: under way, or being planned. Draws nothing while there is neither.
 *
 * @fires changed - somebody steered the ramp
 * @fires planned - planning has ended, with a plan or without
 */
@customElement('flag-ramp')
export class FlagRamp extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 16px;
      }
      :host([hidden]) {
        display: none;
      }
    `,
  ]

  @consume({ context: scopeContext, subscribe: true })
  @state()
  private scope!: Scope

  @query('ramp-progress') private progress!: RampProgress | null
  @query('ramp-planner') private planner!: RampPlanner | null

  @property() flagKey = ''

  @property({ attribute: false }) configuration!: Configuration

  /** Somebody writes a plan. */
  @property({ type: Boolean }) planning = false

  /** Grows when somebody changed the flag. */
  @property({ type: Number }) changes = 0

  @state() private saving = false
  @state() private failure = ''

  #clock = new Clock(this, TICK_MS)

  #ramp = new Task(this, {
    args: () =>
      [this.scope.project, this.flagKey, this.scope.environment.key, this.configuration.ramp, this.changes] as const,
    task: async ([project, flag, environment, there], { signal }) =>
      there === null ? null : await getRamp(project, flag, environment, signal),
  })

  #templates = new Task(this, {
    args: () => [this.scope.project, this.planning] as const,
    task: async ([project, planning], { signal }) => (planning ? await listTemplates(project, signal) : []),
  })

  /** Brings what can be done under the keyboard. */
  async focusControls() {
    await this.updateComplete
    await this.#templates.taskComplete
    await this.updateComplete
    if (this.planning) await this.planner?.focusFirst()
    else await this.progress?.focusControls()
  }

  get #place() {
    return [this.scope.project, this.flagKey, this.scope.environment.key] as const
  }

  async #plan({ ramp, start }: PlanRequest) {
    await this.#attempt(async () => {
      await planRamp(...this.#place, ramp)
      if (start) await steerRamp(...this.#place, 'start', ramp.reason ? { reason: ramp.reason } : {})
      announce(this, start ? 'The ramp is started.' : 'The ramp is planned.')
      this.dispatchEvent(new Event('planned'))
    })
  }

  async #steer({ verb, weight, reason }: Steering) {
    await this.#attempt(async () => {
      const what = { ...(weight === undefined ? {} : { weight }), ...(reason ? { reason } : {}) }
      const ramp = await steerRamp(...this.#place, verb, what)
      this.progress?.reset()
      announce(this, ramp.history.at(-1)?.sentence ?? 'Done.')
    })
  }

  async #keep({ name, plan }: TemplateRequest) {
    await this.#attempt(async () => {
      await keepTemplate(this.scope.project, name, plan)
      await this.#templates.run()
      announce(this, `Kept as ${name}.`)
    })
  }

  async #attempt(act: () => Promise<void>) {
    this.saving = true
    this.failure = ''
    try {
      await act()
    } catch (error) {
      this.failure = errorText(error)
    } finally {
      this.saving = false
      // Also after a refusal: what was refused may have changed meanwhile.
      this.dispatchEvent(new Event('changed'))
    }
  }

  #leave() {
    this.failure = ''
    this.dispatchEvent(new Event('planned'))
  }

  override render() {
    const ramp = this.#ramp.value ?? null
    if (this.planning) return this.#planner(ramp?.state === 'draft' ? ramp : null)
    if (this.#ramp.error) return html`<p class="muted">The ramp could not be loaded. ${errorText(this.#ramp.error)}</p>`
    if (!ramp || this.configuration.ramp === null) return nothing
    return html`<ramp-progress
      .ramp=${ramp}
      .killed=${this.configuration.kill.killed}
      .saving=${this.saving}
      .failure=${this.failure}
      .now=${this.#clock.now}
      @steer=${(event: CustomEvent<Steering>) => this.#steer(event.detail)}
    ></ramp-progress>`
  }

  #planner(draft: Ramp | null) {
    const { rules } = this.configuration
    const ramped = rules.filter(({ serve }) => serve.rollout)
    return html`<ramp-planner
      .templates=${this.#templates.value ?? []}
      .plan=${draft?.plan ?? null}
      .rule=${draft?.rule ?? null}
      .rules=${ramped.map((rule) => ({ id: rule.id, words: rule.description || plainText(ruleParts(rule)) }))}
      .environment=${this.scope.environment.key}
      .saving=${this.saving}
      .failure=${this.failure}
      @plan=${(event: CustomEvent<PlanRequest>) => this.#plan(event.detail)}
      @keep-template=${(event: CustomEvent<TemplateRequest>) => this.#keep(event.detail)}
      @cancel=${this.#leave}
    ></ramp-planner>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'flag-ramp': FlagRamp
  }
}
