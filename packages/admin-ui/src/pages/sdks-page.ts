import { consume } from '@lit/context'
import { Task } from '@lit/task'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, state } from 'lit/decorators.js'
import { listSdks } from '../api/sdks.ts'
import '../components/list-skeleton.ts'
import '../components/load-failure.ts'
import '../components/sdk-list.ts'
import type { Sdks } from '../contract.ts'
import { routeTo } from '../routes.ts'
import { scopeContext, type Scope } from '../state/contexts.ts'
import { errorText } from '../state/errors.ts'
import { base } from '../styles/base.styles.ts'
import { card } from '../styles/card.styles.ts'
import { controls } from '../styles/controls.styles.ts'
import { fleetInWords, unnamedInWords } from '../words/sdks.ts'
import { formatCount } from '../words/shares.ts'
import { longTime } from '../words/times.ts'

/** A stream that comes or goes is known within a second or two. */
const REFRESH_MS = 3_000

/** Who has the flags: every process that is connected to any replica, laggards first. */
@customElement('sdks-page')
export class SdksPage extends LitElement {
  static override styles = [
    base,
    card,
    controls,
    css`
      .stack {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 16px;
      }
      .fleet {
        font-size: var(--size-16);
        font-variant-numeric: tabular-nums;
      }
      .replicas {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 24px;
      }
      .silent {
        color: var(--amber);
      }
      .empty {
        max-width: 60ch;
      }
    `,
  ]

  @consume({ context: scopeContext, subscribe: true })
  @state()
  private scope!: Scope

  #timer: ReturnType<typeof setInterval> | undefined

  #sdks = new Task(this, {
    args: () => [this.scope.project, this.scope.environment.key] as const,
    task: async ([project, environment], { signal }) => {
      const list = await listSdks(project, environment, signal)
      this.#seen = { list, now: Date.now(), environment }
      return this.#seen
    },
  })

  /** The last answer: better than nothing while there is no other. */
  #seen: { list: Sdks; now: number; environment: string } | null = null

  override connectedCallback() {
    super.connectedCallback()
    document.title = 'SDKs · Rampart'
    this.#timer = setInterval(() => {
      if (document.visibilityState === 'visible') void this.#sdks.run()
    }, REFRESH_MS)
  }

  override disconnectedCallback() {
    super.disconnectedCallback()
    clearInterval(this.#timer)
  }

  override render() {
    const seen = this.#seen?.environment === this.scope.environment.key ? this.#seen : null
    return html`<div class="stack">
      <h1>SDKs in ${this.scope.environment.key}</h1>
      ${this.#sdks.render({
        pending: () => (seen ? this.#all(seen.list, seen.now) : html`<list-skeleton rows="4"></list-skeleton>`),
        complete: ({ list, now }) => this.#all(list, now),
        error: (error) =>
          html`<load-failure
              what="The list of SDKs"
              .why=${errorText(error)}
              @retry=${() => this.#sdks.run()}
            ></load-failure>
            ${seen ? html`<p class="muted">What it said at ${longTime(new Date(seen.now).toISOString(), Date.now())}:</p>${this.#all(seen.list, seen.now)}` : nothing}`,
      })}
    </div>`
  }

  #all(list: Sdks, now: number) {
    const unnamed = unnamedInWords(list)
    const isEmpty = list.sdks.length === 0
    return html`<section class="card" aria-labelledby="fleet">
        <header>
          <h2 id="fleet" class="fleet">${fleetInWords(list)}</h2>
          <span class="muted small">revision <span class="number">${list.revision}</span> is in force</span>
        </header>
        ${isEmpty ? this.#nobody() : html`<sdk-list .sdks=${list.sdks} .now=${now}></sdk-list>`}
        ${list.more > 0 ? html`<p class="muted">${formatCount(list.more)} more that are live.</p>` : nothing}
        ${unnamed ? html`<p class="muted">${unnamed}</p>` : nothing}
      </section>
      ${list.replicas.length > 0 ? this.#replicas(list, now) : nothing}`
  }

  #nobody() {
    const settings = routeTo(this.scope.project, this.scope.environment.key, 'settings')
    return html`<p class="empty">
      No application is connected to ${this.scope.environment.key}. Make an SDK key in
      <a href=${settings}>Settings</a>, give it to the SDK, and the process appears here within a second.
    </p>`
  }

  #replicas({ replicas, revision }: Sdks, now: number) {
    return html`<section class="card" aria-labelledby="replicas">
      <header><h2 id="replicas">Replicas of the service</h2></header>
      <ul class="replicas">
        ${replicas.map(({ name, isSilent, seenAt, revision: served }) => {
          const lags = served !== null && served < revision
          return html`<li class=${isSilent ? 'silent' : ''}>
            <code>${name}</code>
            <span class="small ${isSilent ? '' : 'muted'}"
              >${isSilent ? `silent since ${longTime(seenAt, now)}` : `serves revision ${served ?? '–'}${lags ? ', a newer one is on its way' : ''}`}</span
            >
          </li>`
        })}
      </ul>
    </section>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'sdks-page': SdksPage
  }
}
