import { consume } from '@lit/context'
import { Task } from '@lit/task'
import { css, html, LitElement } from 'lit'
import { customElement, state } from 'lit/decorators.js'
import { createSegment, listSegments } from '../api/segments.ts'
import '../components/list-skeleton.ts'
import '../components/load-failure.ts'
import type { SegmentSummary } from '../contract.ts'
import { navigate, routeTo } from '../routes.ts'
import { Clock } from '../state/clock.ts'
import { scopeContext, type Scope } from '../state/contexts.ts'
import { errorText } from '../state/errors.ts'
import { Rights } from '../state/rights.ts'
import { base } from '../styles/base.styles.ts'
import { card } from '../styles/card.styles.ts'
import { controls } from '../styles/controls.styles.ts'
import { formatCount } from '../words/shares.ts'
import { shortTime, wholeTime } from '../words/times.ts'

/** The named audiences of a project: the same people in every environment. */
@customElement('segments-page')
export class SegmentsPage extends LitElement {
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
      li {
        display: grid;
        grid-template-columns: minmax(0, 2fr) minmax(0, 2fr) minmax(0, 1fr);
        align-items: center;
        gap: 4px 16px;
        min-height: 48px;
        border-top: 1px solid var(--line);
      }
      li:first-child {
        border-top: 0;
      }
      form {
        display: flex;
        flex-wrap: wrap;
        align-items: end;
        gap: 12px;
      }
      :is(.field, wa-input) {
        flex: 1 1 200px;
        max-width: 320px;
      }
      @media (max-width: 720px) {
        li {
          grid-template-columns: minmax(0, 1fr);
          padding: 8px 0;
        }
      }
    `,
  ]

  @consume({ context: scopeContext, subscribe: true })
  @state()
  private scope!: Scope

  @state() private failure = ''
  @state() private saving = false

  #clock = new Clock(this)

  #segments = new Task(this, {
    args: () => [this.scope.project] as const,
    task: ([project], { signal }) => listSegments(project, signal),
  })

  override connectedCallback() {
    super.connectedCallback()
    document.title = 'Segments · Rampart'
  }

  #rights = new Rights(this)

  async #create(event: SubmitEvent) {
    event.preventDefault()
    const data = new FormData(event.target as HTMLFormElement)
    const text = (name: string) => String(data.get(name) ?? '').trim()
    this.saving = true
    this.failure = ''
    try {
      const { key } = await createSegment(this.scope.project, { key: text('key'), name: text('name') })
      navigate(this.#link(key))
    } catch (error) {
      this.failure = errorText(error)
    } finally {
      this.saving = false
    }
  }

  #link(key: string) {
    return routeTo(this.scope.project, this.scope.environment.key, 'segments', key)
  }

  override render() {
    const refusal = this.#rights.refusal('flags:write', null)
    return html`<div class="stack">
      <h1>Segments</h1>
      <section class="card" aria-label="Segments">
        ${this.#segments.render({
          pending: () => html`<list-skeleton .rows=${3}></list-skeleton>`,
          complete: (segments) => this.#list(segments),
          error: (error) =>
            html`<load-failure what="The segments" .why=${errorText(error)} @retry=${() => this.#segments.run()}></load-failure>`,
        })}
      </section>
      <section class="card" aria-labelledby="new-title">
        <header><h2 id="new-title">New segment</h2></header>
        ${refusal ? html`<p class="muted">${refusal}</p>` : this.#form()}
        <div class="notice red" role="alert" ?hidden=${!this.failure}>${this.failure}</div>
      </section>
    </div>`
  }

  #form() {
    return html`<form @submit=${this.#create}>
          <wa-input
            id="key"
            class="mono"
            label="Key"
            name="key"
            required
            placeholder="employees"
            autocomplete="off"
            spellcheck="false"
          ></wa-input>
          <wa-input id="name" name="name" label="Name" placeholder="Employees" autocomplete="off"></wa-input>
          <wa-button type="submit" variant="brand" ?disabled=${this.saving}>Create segment</wa-button>
        </form>`
  }

  #list(segments: SegmentSummary[]) {
    if (segments.length === 0) {
      return html`<p class="muted">No segments yet. A segment is an audience with a name, for the rules of many flags.</p>`
    }
    return html`<ul>
      ${segments.map(
        (segment) => html`<li>
          <span><a class="mono" href=${this.#link(segment.key)}>${segment.key}</a> ${segment.name}</span>
          <span class="muted">${sizesOf(segment)}</span>
          <time class="muted" datetime=${segment.updatedAt} title=${wholeTime(segment.updatedAt)}
            >${segment.updatedBy}, ${shortTime(segment.updatedAt, this.#clock.now)}</time
          >
        </li>`,
      )}
    </ul>`
  }
}

function sizesOf({ included, excluded, rules }: SegmentSummary): string {
  const parts = [
    `${formatCount(included)} ${included === 1 ? 'id' : 'ids'}`,
    ...(rules > 0 ? [rules === 1 ? '1 rule' : `${rules} rules`] : []),
    ...(excluded > 0 ? [`${formatCount(excluded)} left out`] : []),
  ]
  return parts.join(', ')
}

declare global {
  interface HTMLElementTagNameMap {
    'segments-page': SegmentsPage
  }
}
