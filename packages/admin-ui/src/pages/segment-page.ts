import type { Condition } from '@rampart/evaluation'
import { consume } from '@lit/context'
import { Task } from '@lit/task'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, query, state } from 'lit/decorators.js'
import { ApiError } from '../api/client.ts'
import { archiveSegment, changeSegmentKeys, getSegment, listSegments, saveSegment } from '../api/segments.ts'
import '../components/list-skeleton.ts'
import '../components/load-failure.ts'
import '../components/reason-field.ts'
import type { ReasonField } from '../components/reason-field.ts'
import '../components/segment-keys.ts'
import type { KeyChange } from '../components/segment-keys.ts'
import '../components/segment-rules.ts'
import type { Segment } from '../contract.ts'
import { navigate, routeTo } from '../routes.ts'
import { announce } from '../state/announce.ts'
import { scopeContext, type Scope } from '../state/contexts.ts'
import { offerAttributes } from '../state/offer-attributes.ts'
import { errorText } from '../state/errors.ts'
import { followChanges } from '../state/follow-changes.ts'
import { Rights } from '../state/rights.ts'
import { base } from '../styles/base.styles.ts'
import { card } from '../styles/card.styles.ts'
import { controls } from '../styles/controls.styles.ts'

/** One segment: who is in it, who is not, and what changes with it. */
@customElement('segment-page')
export class SegmentPage extends LitElement {
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
    `,
  ]

  @consume({ context: scopeContext, subscribe: true })
  @state()
  private scope!: Scope

  #rights = new Rights(this)

  @property() segmentKey = ''

  @query('reason-field') private why!: ReasonField
  @state() private saving = false
  @state() private failure = ''

  #segment = new Task(this, {
    args: () => [this.scope.project, this.segmentKey] as const,
    task: async ([project, key], { signal }) => {
      const [segment, all] = await Promise.all([getSegment(project, key, signal), listSegments(project, signal)])
      return { segment, others: all.map((one) => one.key).filter((one) => one !== key) }
    },
  })

  constructor() {
    super()
    offerAttributes(this)
    followChanges(
      this,
      () => true,
      () => void this.#segment.run(),
    )
  }

  override connectedCallback() {
    super.connectedCallback()
    document.title = `${this.segmentKey} · Rampart`
  }

  #changeIncluded(change: KeyChange) {
    return this.#attempt((reason) => changeSegmentKeys(this.scope.project, this.segmentKey, change, reason))
  }

  #changeExcluded({ excluded, version }: Segment, { add, remove }: KeyChange) {
    const gone = new Set(remove)
    const wanted = [...new Set([...excluded, ...add])].filter((key) => !gone.has(key))
    return this.#save(version, { excluded: wanted })
  }

  #save(version: number, edit: { excluded?: string[]; rules?: Condition[][] }) {
    return this.#attempt((reason) => saveSegment(this.scope.project, this.segmentKey, version, edit, reason))
  }

  #archive() {
    return this.#attempt(async (reason) => {
      await archiveSegment(this.scope.project, this.segmentKey, reason)
      navigate(routeTo(this.scope.project, this.scope.environment.key, 'segments'))
    })
  }

  /** Whatever is saved here has one reason: a segment is the same in every environment, and one of them may want it. */
  async #attempt(act: (reason: string) => Promise<unknown>) {
    const reason = this.why.read()
    if (reason === undefined) return
    this.saving = true
    this.failure = ''
    try {
      await act(reason)
      this.why.clear()
      announce(this, 'Saved.')
    } catch (error) {
      const stale = error instanceof ApiError && error.code === 'STALE_VERSION'
      this.failure = stale
        ? 'Somebody saved first. What you see now is theirs: look at it, then change it again.'
        : errorText(error)
    } finally {
      this.saving = false
      void this.#segment.run()
    }
  }

  override render() {
    return this.#segment.render({
      pending: () => (this.#segment.value ? this.#loaded(this.#segment.value) : html`<list-skeleton></list-skeleton>`),
      complete: (found) => this.#loaded(found),
      error: (error) =>
        html`<load-failure what="This segment" .why=${errorText(error)} @retry=${() => this.#segment.run()}></load-failure>`,
    })
  }

  #loaded({ segment, others }: { segment: Segment; others: string[] }) {
    const refusal = this.#rights.refusal('flags:write', null)
    return html`<div class="stack">
      <div class="row apart">
        <h1 class="mono">${segment.key}</h1>
        <wa-button
          appearance="outlined"
          ?hidden=${refusal !== ''}
          ?disabled=${this.saving}
          @click=${this.#archive}
        >Archive</wa-button>
      </div>
      <p>${segment.name} ${segment.description}</p>
      ${refusal ? html`<p class="notice">You can look. To change who is in it: ${refusal}</p>` : nothing}
      <reason-field everywhere ?hidden=${refusal !== ''}></reason-field>
      <div class="notice red" role="alert" ?hidden=${!this.failure}>Not saved. ${this.failure}</div>
      <section class="card" aria-labelledby="included">
        <header><h2 id="included">In it by id</h2></header>
        <segment-keys
          label="the ids in it"
          .keys=${segment.included}
          .saving=${this.saving}
          .readonly=${refusal !== ''}
          @change-keys=${(event: CustomEvent<KeyChange>) => this.#changeIncluded(event.detail)}
        ></segment-keys>
      </section>
      <section class="card" aria-labelledby="rules">
        <header><h2 id="rules">In it by a rule</h2></header>
        <segment-rules
          .rules=${segment.rules}
          .segments=${others}
          .saving=${this.saving}
          .readonly=${refusal !== ''}
          @save-rules=${(event: CustomEvent<Condition[][]>) => this.#save(segment.version, { rules: event.detail })}
        ></segment-rules>
      </section>
      <section class="card" aria-labelledby="excluded">
        <header><h2 id="excluded">Never in it</h2></header>
        <segment-keys
          label="the ids left out"
          .keys=${segment.excluded}
          .saving=${this.saving}
          .readonly=${refusal !== ''}
          @change-keys=${(event: CustomEvent<KeyChange>) => this.#changeExcluded(segment, event.detail)}
        ></segment-keys>
      </section>
      <section class="card" aria-labelledby="users">
        <header><h2 id="users">What changes with it</h2></header>
        ${this.#users(segment)}
      </section>
    </div>`
  }

  #users({ usedBy: { flags, segments } }: Segment) {
    const { project, environment } = this.scope
    if (flags.length + segments.length === 0) return html`<p class="muted">No rule names it.</p>`
    return html`<ul>
      ${flags.map(
        ({ flag, environments }) =>
          html`<li>
            <a class="mono" href=${routeTo(project, environments[0] ?? environment.key, 'flags', flag)}>${flag}</a> in
            ${environments.join(', ')}
          </li>`,
      )}
      ${segments.map(
        (key) =>
          html`<li>segment <a class="mono" href=${routeTo(project, environment.key, 'segments', key)}>${key}</a></li>`,
      )}
    </ul>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'segment-page': SegmentPage
  }
}
