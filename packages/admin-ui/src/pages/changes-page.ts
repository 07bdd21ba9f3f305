import { consume } from '@lit/context'
import { Task } from '@lit/task'
import { html, LitElement, nothing } from 'lit'
import { customElement, query, state } from 'lit/decorators.js'
import { auditEntry } from '../api/history.ts'
import { readTimeline, undo } from '../api/timeline.ts'
import '../components/change-filters.ts'
import '../components/change-list.ts'
import type { ChangeList } from '../components/change-list.ts'
import '../components/list-skeleton.ts'
import '../components/load-failure.ts'
import '../components/time-axis.ts'
import '../components/undo-dialog.ts'
import type { UndoDialog } from '../components/undo-dialog.ts'
import type { AuditEntry, Timeline, TimelineItem } from '../contract.ts'
import { routeTo } from '../routes.ts'
import { announce } from '../state/announce.ts'
import { type ChangesView, readView, spanOfView, writeView } from '../state/changes-view.ts'
import { Clock } from '../state/clock.ts'
import { type Scope, scopeContext } from '../state/contexts.ts'
import { copyText } from '../state/copy-text.ts'
import { errorText } from '../state/errors.ts'
import { followChanges } from '../state/follow-changes.ts'
import { askKill } from '../state/kill-request.ts'
import { base } from '../styles/base.styles.ts'
import { card } from '../styles/card.styles.ts'
import { choices } from '../styles/choices.styles.ts'
import { controls } from '../styles/controls.styles.ts'
import { changesStyles } from './changes-page.styles.ts'
import './change-requests.ts'

/** One page for the axis; older ones on demand. */
const PAGE = 300

/** Deploys come without a word on our stream. */
const REFRESH_MS = 15_000

/** The night's first question: everything that happened, on one axis with one list under it. */
@customElement('changes-page')
export class ChangesPage extends LitElement {
  static override styles = [base, controls, card, choices, changesStyles]

  @consume({ context: scopeContext, subscribe: true })
  @state()
  private scope!: Scope

  @query('change-list') private list!: ChangeList | null
  @query('undo-dialog') private dialog!: UndoDialog

  @state() private view: ChangesView = readView(location.search)
  @state() private older: Timeline[] = []
  @state() private entries: ReadonlyMap<string, AuditEntry> = new Map()
  @state() private undoing: TimelineItem | null = null
  @state() private saving = false
  @state() private failure = ''
  @state() private copied = false

  #clock = new Clock(this)
  #timer: ReturnType<typeof setInterval> | undefined

  #newest = new Task(this, {
    args: () => [this.scope.project, this.scope.environment.key, this.view] as const,
    task: ([project, environment, view], { signal }) =>
      readTimeline(project, { ...spanOfView(view, Date.now()), ...filterOf(view, environment) }, null, PAGE, signal),
    onComplete: () => {
      this.older = []
    },
  })

  #more = new Task(this, {
    autoRun: false,
    task: ([after]: readonly [string], { signal }) => {
      const { from = '', to = '' } = this.#newest.value ?? {}
      const span = { from: Date.parse(from), to: Date.parse(to) }
      const filter = filterOf(this.view, this.scope.environment.key)
      return readTimeline(this.scope.project, { ...span, ...filter }, after, PAGE, signal)
    },
    onComplete: (page) => {
      this.older = [...this.older, page]
    },
  })

  constructor() {
    super()
    followChanges(
      this,
      () => true,
      () => this.#refresh(),
    )
  }

  override connectedCallback() {
    super.connectedCallback()
    document.title = 'Changes · Rampart'
    addEventListener('popstate', this.#readAddress)
    this.#timer = setInterval(() => this.#refresh(), REFRESH_MS)
  }

  override disconnectedCallback() {
    super.disconnectedCallback()
    removeEventListener('popstate', this.#readAddress)
    clearInterval(this.#timer)
  }

  #readAddress = () => {
    this.view = readView(location.search)
  }

  // Somebody who reads older pages is not pulled back to the top; the next look at the page is.
  #refresh() {
    if (this.older.length === 0 && !document.hidden) void this.#newest.run()
  }

  #choose(part: Partial<ChangesView>) {
    this.view = { ...this.view, ...part }
    this.copied = false
    history.replaceState(null, '', `${location.pathname}${writeView(this.view)}`)
  }

  async #copyLink() {
    const { from, to } = this.#newest.value ?? spanAsText(this.view)
    this.copied = await copyText(
      `${location.origin}${location.pathname}${writeView({ ...this.view, span: null, from, to })}`,
    )
    if (this.copied) announce(this, 'Link copied.')
  }

  async #look(id: string) {
    if (this.entries.has(id)) return
    try {
      this.entries = new Map(this.entries).set(id, await auditEntry(this.scope.project, id))
    } catch (error) {
      announce(this, errorText(error))
    }
  }

  #askUndo(item: TimelineItem) {
    const { flag, environment, undo: possible } = item
    if (!possible?.action) return
    const killing = /\/(kill|restore)$/.exec(possible.action.path)?.[1] as 'kill' | 'restore' | undefined
    // A kill and its restore have a dialog of their own, which counts who has heard of it.
    if (killing && item.kind !== 'change' && flag && environment) {
      askKill(this, { action: killing, flag, environment, offVariant: null, namedIds: 0 })
      return
    }
    this.undoing = item
    this.failure = ''
    void this.dialog.open(possible.action)
  }

  async #undo(reason: string) {
    const action = this.undoing?.undo?.action
    if (!action) return
    this.saving = true
    this.failure = ''
    try {
      await undo(action, reason)
      this.dialog.close()
      announce(this, action.needsApproval ? `Asked to ${action.will}.` : `Done: ${action.will}.`)
      void this.#newest.run()
    } catch (error) {
      this.failure = errorText(error)
    } finally {
      this.saving = false
    }
  }

  override render() {
    const seen = this.#newest.value
    return html`<div class="stack">
        ${this.#head()}
        ${this.#newest.render({
          pending: () => (seen ? this.#loaded(seen) : html`<list-skeleton .rows=${6}></list-skeleton>`),
          complete: (timeline) => this.#loaded(timeline),
          error: (error) =>
            html`<load-failure what="What changed" .why=${errorText(error)} @retry=${() => this.#newest.run()}></load-failure>`,
        })}
      </div>
      <undo-dialog
        .environment=${this.undoing?.environment ?? ''}
        .saving=${this.saving}
        .failure=${this.failure}
        @decide=${(event: CustomEvent<string>) => this.#undo(event.detail)}
      ></undo-dialog>`
  }

  #head() {
    return html`<div class="row apart">
      <h1>What changed</h1>
      <change-filters
        .view=${this.view}
        .timeline=${this.#newest.value ?? null}
        .environment=${this.scope.environment.key}
        .copied=${this.copied}
        @choose=${(event: CustomEvent<Partial<ChangesView>>) => this.#choose(event.detail)}
        @copy-link=${this.#copyLink}
      ></change-filters>
    </div>`
  }

  #loaded(timeline: Timeline) {
    const items = [timeline, ...this.older].flatMap((page) => page.items)
    const next = (this.older.at(-1) ?? timeline).next
    if (items.length === 0) return html`<change-requests></change-requests>${this.#nothing()}`
    return html`<section class="card axis" aria-label="Time axis">
        <time-axis
          .items=${items}
          .from=${Date.parse(timeline.from)}
          .to=${Date.parse(timeline.to)}
          @choose=${(event: CustomEvent<string>) => this.list?.show(event.detail)}
        ></time-axis>
      </section>
      <change-requests></change-requests>
      <section class="card" aria-label="Changes, newest first">
        <change-list
          .items=${items}
          .entries=${this.entries}
          .now=${this.#clock.now}
          .link=${this.#link}
          @look=${(event: CustomEvent<string>) => this.#look(event.detail)}
          @undo=${(event: CustomEvent<TimelineItem>) => this.#askUndo(event.detail)}
        ></change-list>
        ${
          next === null
            ? nothing
            : html`<wa-button appearance="outlined" size="s" @click=${() => this.#more.run([next])}>
              Show older, ${items.length} of ${timeline.total} are here
            </wa-button>`
        }
      </section>`
  }

  #link = (flag: string, environment: string | null) =>
    routeTo(this.scope.project, environment ?? this.scope.environment.key, 'flags', flag)

  #nothing() {
    const everywhere = this.view.everywhere
    return html`<section class="card">
      <p><strong>Nothing changed in this time.</strong></p>
      <p class="muted">
        No flag, no kill, no ramp and no deploy that was reported${everywhere ? '' : ` in ${this.scope.environment.key}`}.
        ${everywhere ? nothing : html`Look at all environments, or at a longer time.`}
      </p>
    </section>`
  }
}

function filterOf(view: ChangesView, environment: string) {
  const { everywhere, kind, person, service, source } = view
  return { environment: everywhere ? undefined : environment, kind, person, service, source }
}

function spanAsText(view: ChangesView): { from: string; to: string } {
  const { from, to } = spanOfView(view, Date.now())
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString() }
}

declare global {
  interface HTMLElementTagNameMap {
    'changes-page': ChangesPage
  }
}
