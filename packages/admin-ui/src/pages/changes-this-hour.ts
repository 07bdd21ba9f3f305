import { consume } from '@lit/context'
import { Task } from '@lit/task'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, state } from 'lit/decorators.js'
import { readTimeline } from '../api/timeline.ts'
import { routeTo } from '../routes.ts'
import { Clock } from '../state/clock.ts'
import { type Scope, scopeContext } from '../state/contexts.ts'
import { followChanges } from '../state/follow-changes.ts'
import { base } from '../styles/base.styles.ts'

const HOUR_MS = 3_600_000

/** How restless the environment is: the number of changes in the last hour, and the way to them. */
@customElement('changes-this-hour')
export class ChangesThisHour extends LitElement {
  static override styles = [
    base,
    css`
      a {
        color: var(--ink-2);
        font-size: var(--size-12);
        text-decoration: none;
        white-space: nowrap;
      }
      a:hover {
        color: var(--accent);
      }
      @media (max-width: 900px) {
        :host {
          display: none;
        }
      }
    `,
  ]

  @consume({ context: scopeContext, subscribe: true })
  @state()
  private scope?: Scope

  #clock = new Clock(this)

  #total = new Task(this, {
    // The clock's tick among the arguments: an hour moves on by itself.
    args: () => [this.scope?.project, this.scope?.environment.key, this.#clock.now] as const,
    task: async ([project, environment], { signal }) => {
      if (!project) return 0
      const now = Date.now()
      const span = { from: now - HOUR_MS, to: now, environment }
      return (await readTimeline(project, span, null, 1, signal)).total ?? 0
    },
  })

  constructor() {
    super()
    followChanges(
      this,
      () => true,
      () => void this.#total.run(),
    )
  }

  override render() {
    const total = this.#total.value ?? 0
    if (!this.scope || total === 0) return nothing
    const { project, environment } = this.scope
    return html`<a href=${routeTo(project, environment.key, 'changes')}>
      ${total} ${total === 1 ? 'change' : 'changes'} this hour
    </a>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'changes-this-hour': ChangesThisHour
  }
}
