import { consume } from '@lit/context'
import { Task } from '@lit/task'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { flagHistory } from '../api/history.ts'
import '../components/history-list.ts'
import '../components/load-failure.ts'
import type { AuditPage } from '../contract.ts'
import { Clock } from '../state/clock.ts'
import { scopeContext, type Scope } from '../state/contexts.ts'
import { errorText } from '../state/errors.ts'
import { base } from '../styles/base.styles.ts'
import { card } from '../styles/card.styles.ts'
import { controls } from '../styles/controls.styles.ts'

/** The history card: the newest page by itself, older ones on demand. */
@customElement('flag-history')
export class FlagHistory extends LitElement {
  static override styles = [
    base,
    controls,
    card,
    css`
      .button {
        margin-top: 12px;
      }
      .wait {
        height: 120px;
      }
    `,
  ]

  @consume({ context: scopeContext, subscribe: true })
  @state()
  private scope!: Scope

  @property() flagKey = ''

  /** Grows when somebody changed the flag. */
  @property({ type: Number }) changes = 0

  @state() private older: AuditPage[] = []

  #clock = new Clock(this)

  #newest = new Task(this, {
    args: () => [this.scope.project, this.flagKey, this.scope.environment.key, this.changes] as const,
    task: ([project, flag, environment], { signal }) => flagHistory(project, flag, environment, null, signal),
    // Older pages hang on the newest one's end, which has moved.
    onComplete: () => {
      this.older = []
    },
  })

  #more = new Task(this, {
    autoRun: false,
    task: ([before]: readonly [string | number], { signal }) =>
      flagHistory(this.scope.project, this.flagKey, this.scope.environment.key, before, signal),
    onComplete: (page) => {
      this.older = [...this.older, page]
    },
  })

  override render() {
    const seen = this.#newest.value
    return html`<section class="card" aria-labelledby="title">
      <header><h2 id="title">History</h2></header>
      ${this.#newest.render({
        pending: () => (seen ? this.#list(seen) : html`<div class="wait" aria-busy="true"></div>`),
        complete: (page) => this.#list(page),
        error: (error) =>
          html`<load-failure what="The history" .why=${errorText(error)} @retry=${() => this.#newest.run()}></load-failure>`,
      })}
    </section>`
  }

  #list(newest: AuditPage) {
    const pages = [newest, ...this.older]
    const next = pages.at(-1)?.next ?? null
    return html`<history-list .entries=${pages.flatMap(({ entries }) => entries)} .now=${this.#clock.now}></history-list>
      ${
        next === null
          ? nothing
          : html`<button class="button small" @click=${() => this.#more.run([next])}>Show older</button>`
      }`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'flag-history': FlagHistory
  }
}
