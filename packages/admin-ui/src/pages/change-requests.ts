import { consume } from '@lit/context'
import { Task } from '@lit/task'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { writes } from '../api/client.ts'
import { bringUpToDate, decide, type Decision, openRequests } from '../api/change-requests.ts'
import '../components/change-request-card.ts'
import type { ChangeRequest } from '../contract.ts'
import { routeTo } from '../routes.ts'
import { announce } from '../state/announce.ts'
import { Clock } from '../state/clock.ts'
import { type LiveFeed } from '../state/live-feed.ts'
import { liveContext, type Scope, scopeContext } from '../state/contexts.ts'
import { errorText } from '../state/errors.ts'
import { followChanges } from '../state/follow-changes.ts'
import { base } from '../styles/base.styles.ts'
import { card } from '../styles/card.styles.ts'

/** A request that somebody else makes says nothing on our stream. */
const REFRESH_MS = 15_000

const DONE: Record<Decision, string> = {
  approve: 'Approved and applied.',
  apply: 'Applied.',
  reject: 'Rejected.',
  withdraw: 'Withdrawn.',
}

/** Edits that wait for a second person, of one flag or of the whole environment. Nothing to see while there are none. */
@customElement('change-requests')
export class ChangeRequests extends LitElement {
  static override styles = [
    base,
    card,
    css`
      :host(:not([busy])) {
        display: none;
      }
      .waiting {
        border-color: var(--accent);
      }
      .list {
        display: grid;
        gap: 16px;
      }
    `,
  ]

  @consume({ context: scopeContext, subscribe: true })
  @state()
  private scope!: Scope

  @consume({ context: liveContext, subscribe: true })
  @state()
  private live?: LiveFeed

  /** Empty for all flags. */
  @property() flagKey = ''

  @state() private deciding = ''
  @state() private failures: ReadonlyMap<string, string> = new Map()

  #clock = new Clock(this)
  #timer: ReturnType<typeof setInterval> | undefined

  #requests = new Task(this, {
    args: () => [this.scope.project, this.scope.environment.key, this.flagKey] as const,
    task: ([project, environment, flag], { signal }) => openRequests(project, environment, flag, signal),
  })

  constructor() {
    super()
    followChanges(
      this,
      ({ environment }) => environment === this.scope.environment.key,
      () => this.#refresh(),
    )
  }

  override connectedCallback() {
    super.connectedCallback()
    writes.addEventListener('done', this.#refresh)
    this.#timer = setInterval(this.#refresh, REFRESH_MS)
  }

  override disconnectedCallback() {
    super.disconnectedCallback()
    writes.removeEventListener('done', this.#refresh)
    clearInterval(this.#timer)
  }

  #refresh = () => {
    if (!document.hidden) void this.#requests.run()
  }

  protected override updated() {
    this.toggleAttribute('busy', (this.#requests.value ?? []).length > 0)
  }

  async #decide(request: ChangeRequest, decision: Decision, reason: string) {
    await this.#attempt(request, async () => {
      await decide(this.scope.project, request, decision, reason)
      announce(this, DONE[decision])
      this.live?.nudge()
    })
  }

  async #update(request: ChangeRequest) {
    await this.#attempt(request, async () => {
      await bringUpToDate(this.scope.project, request)
      announce(this, 'Brought up to date. It has to be approved again.')
    })
  }

  async #attempt(request: ChangeRequest, act: () => Promise<void>) {
    this.deciding = request.id
    this.failures = new Map()
    try {
      await act()
    } catch (error) {
      this.failures = new Map([[request.id, errorText(error)]])
    } finally {
      this.deciding = ''
      void this.#requests.run()
    }
  }

  override render() {
    const requests = this.#requests.value ?? []
    if (requests.length === 0) return nothing
    const many = requests.length > 1 ? `${requests.length} changes wait` : 'A change waits'
    return html`<section class="card waiting" aria-labelledby="title">
      <header><h2 id="title">${many} for a second person</h2></header>
      <div class="list">
        ${requests.map(
          (request) =>
            html`<change-request-card
              .request=${request}
              .now=${this.#clock.now}
              .link=${this.flagKey ? '' : routeTo(this.scope.project, request.environment, 'flags', request.flag)}
              .deciding=${this.deciding === request.id}
              .failure=${this.failures.get(request.id) ?? ''}
              @decide=${(event: CustomEvent<{ decision: Decision; reason: string }>) =>
                this.#decide(request, event.detail.decision, event.detail.reason)}
              @update=${() => this.#update(request)}
            ></change-request-card>`,
        )}
      </div>
    </section>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'change-requests': ChangeRequests
  }
}
