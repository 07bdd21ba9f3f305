import type WaInput from '@awesome.me/webawesome/dist/components/input/input.js'
import { consume } from '@lit/context'
import { Task } from '@lit/task'
import { css, html, LitElement, type PropertyValues } from 'lit'
import { customElement, query, state } from 'lit/decorators.js'
import { environmentExposures } from '../api/exposures.ts'
import { createFlag, listFirstFlags, listFlags } from '../api/flags.ts'
import { listStaleFlags } from '../api/inventory.ts'
import '../components/flag-list.ts'
import type { FlagList } from '../components/flag-list.ts'
import '../components/list-skeleton.ts'
import '../components/load-failure.ts'
import '../components/new-flag-dialog.ts'
import type { NewFlagDialog } from '../components/new-flag-dialog.ts'
import '../components/state-chips.ts'
import type { FlagSummary, NewFlag } from '../contract.ts'
import { navigate, routeTo } from '../routes.ts'
import { Clock } from '../state/clock.ts'
import { scopeContext, type Scope } from '../state/contexts.ts'
import { errorText } from '../state/errors.ts'
import { hasState, searchFlags, type StaleFlags, STATES, type StateFilter } from '../state/flag-search.ts'
import { followChanges } from '../state/follow-changes.ts'
import { pageKeys } from '../state/page-keys.ts'
import { askKill } from '../state/kill-request.ts'
import { base } from '../styles/base.styles.ts'
import { controls } from '../styles/controls.styles.ts'
import './bulk-change.ts'

const FILTERS: StateFilter[] = [...STATES, 'stale']

/** More than any screen shows at once. */
const FIRST = 100

/** While it is not known which are. */
const NONE_STALE: StaleFlags = new Map()

/** All flags of a project, as one environment serves them. The filters live in the address. */
@customElement('flags-page')
export class FlagsPage extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      .stack {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 16px;
      }
      .search {
        position: relative;
      }
      .search kbd {
        position: absolute;
        top: 9px;
        right: 10px;
        pointer-events: none;
      }
      .search wa-input {
        --wa-form-control-border-color: var(--line);
      }
      .keys {
        margin-top: 12px;
        color: var(--ink-2);
        font-size: var(--size-12);
      }
      .empty {
        display: grid;
        justify-items: start;
        gap: 8px;
        padding: 32px;
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--surface);
      }
      wa-button[variant='brand'] kbd {
        border-color: currentColor;
        background: none;
      }
      @media (max-width: 720px) {
        .keys,
        kbd {
          display: none;
        }
      }
    `,
  ]

  @consume({ context: scopeContext, subscribe: true })
  @state()
  private scope!: Scope

  @state() private words = new URLSearchParams(location.search).get('q') ?? ''
  @state() private filter = readFilter()
  @state() private createFailure = ''
  @state() private creating = false

  @query('#search') private searchField!: WaInput | null
  @query('flag-list') private list!: FlagList | null
  @query('new-flag-dialog') private newFlag!: NewFlagDialog

  #clock = new Clock(this)
  #addressTimer: ReturnType<typeof setTimeout> | undefined

  /** The top of the list, on screen while thousands of others are on their way; null when all are here. */
  @state() private top: FlagSummary[] | null = null
  /** Whose flags are here whole. */
  #whole = ''

  #flags = new Task(this, {
    args: () => [this.scope.project] as const,
    task: async ([project], { signal }) => {
      if (this.#whole !== project) {
        this.top = null
        this.top = await listFirstFlags(project, FIRST, signal)
      }
      const flags = this.top && this.top.length < FIRST ? this.top : await listFlags(project, signal)
      this.top = null
      this.#whole = project
      return flags
    },
  })

  #exposures = new Task(this, {
    args: () => [this.scope.project, this.scope.environment.key] as const,
    task: ([project, environment], { signal }) => environmentExposures(project, environment, signal),
  })

  /** Asked once there are rows: judging thousands of flags would only hold those up. */
  #stale = new Task(this, {
    args: () => [this.scope.project, this.#isHere] as const,
    task: async ([project, isHere], { signal }): Promise<StaleFlags> => {
      if (!isHere) return NONE_STALE
      return new Map((await listStaleFlags(project, signal)).map((stale) => [stale.flag, stale]))
    },
  })

  constructor() {
    super()
    followChanges(this, () => true, this.#refresh)
    pageKeys(this, {
      ArrowDown: () => void this.list?.move(1),
      ArrowUp: () => void this.list?.move(-1),
      '/': () => this.searchField?.focus(),
      n: () => this.newFlag.open(),
      k: () => this.#kill(this.list?.activeFlag),
      r: () => this.#ramp(this.list?.activeFlag),
    })
  }

  override connectedCallback() {
    super.connectedCallback()
    document.title = 'Flags · Rampart'
    addEventListener('popstate', this.#readAddress)
  }

  override disconnectedCallback() {
    super.disconnectedCallback()
    clearTimeout(this.#addressTimer)
    removeEventListener('popstate', this.#readAddress)
  }

  /** Whether there is anything to draw, the top or all of it. */
  get #isHere(): boolean {
    return this.#whole === this.scope.project || this.top !== null
  }

  #refresh = () => {
    void this.#flags.run()
    void this.#exposures.run()
    void this.#stale.run()
  }

  #readAddress = () => {
    this.words = new URLSearchParams(location.search).get('q') ?? ''
    this.filter = readFilter()
  }

  protected override updated(changed: PropertyValues) {
    if (changed.has('words') || changed.has('filter')) this.#keepAddress()
  }

  // Browsers limit how often an address may change, and typing is faster than that.
  #keepAddress() {
    clearTimeout(this.#addressTimer)
    this.#addressTimer = setTimeout(() => {
      const query = new URLSearchParams()
      if (this.words) query.set('q', this.words)
      if (this.filter) query.set('state', this.filter)
      history.replaceState(null, '', `${location.pathname}${query.size > 0 ? `?${query}` : ''}`)
    }, 200)
  }

  #kill(flag: FlagSummary | undefined) {
    if (!flag) return
    const environment = this.scope.environment.key
    const action = flag.environments[environment]?.killed ? 'restore' : 'kill'
    askKill(this, { action, flag: flag.key, environment, offVariant: null, namedIds: 0 })
  }

  #ramp(flag: FlagSummary | undefined) {
    if (flag) navigate(`${this.#link(flag.key)}#ramp`)
  }

  #link = (flag: string) => routeTo(this.scope.project, this.scope.environment.key, 'flags', flag)

  async #create(event: CustomEvent<NewFlag>) {
    this.creating = true
    this.createFailure = ''
    try {
      const flag = await createFlag(this.scope.project, event.detail)
      this.newFlag.close()
      navigate(this.#link(flag.key))
    } catch (error) {
      this.createFailure = errorText(error)
    } finally {
      this.creating = false
    }
  }

  /** The flags that the words find, and those of them that the chosen state leaves. */
  #search(flags: FlagSummary[]) {
    const { filter } = this
    const environment = this.scope.environment.key
    const stale = this.#stale.value ?? NONE_STALE
    const found = searchFlags(flags, this.words, environment, stale)
    return { found, shown: filter ? found.filter((flag) => hasState(flag, environment, filter, stale)) : found }
  }

  override render() {
    const flags = this.top ?? this.#flags.value ?? []
    const { found, shown } = this.#search(flags)
    const list = () => (flags.length === 0 ? this.#noFlags() : this.#loaded(found, shown))
    return html`<div class="stack">
        <div class="row apart">
          <h1>Flags</h1>
          <span class="row">
            <bulk-change .keys=${this.top ? [] : shown.map(({ key }) => key)} @changed=${this.#refresh}></bulk-change>
            <wa-button variant="brand" @click=${() => this.newFlag.open()}>New flag <kbd aria-hidden="true">N</kbd></wa-button>
          </span>
        </div>
        ${this.#flags.render({
          pending: () => (this.#isHere ? list() : html`<list-skeleton></list-skeleton>`),
          complete: list,
          error: (error) =>
            html`<load-failure what="The flags" .why=${errorText(error)} @retry=${() => this.#flags.run()}></load-failure>`,
        })}
      </div>
      <new-flag-dialog .failure=${this.createFailure} .saving=${this.creating} @create=${this.#create}></new-flag-dialog>`
  }

  #loaded(found: FlagSummary[], shown: FlagSummary[]) {
    const environment = this.scope.environment.key
    const { now } = this.#clock
    const stale = this.#stale.value ?? NONE_STALE
    const isNarrowed = this.words !== '' || this.filter !== null
    return html`<div class="search">
        <wa-input
          id="search"
          label="Search flags"
          class="bare"
          type="search"
          placeholder="key, name, owner, tag:checkout, state:ramping"
          .value=${this.words}
          @input=${(event: InputEvent) => {
            this.words = (event.target as HTMLInputElement).value
          }}
          @keydown=${this.#searchKeys}
        ></wa-input><kbd aria-hidden="true">/</kbd>
      </div>
      <state-chips
        .counts=${this.top ? {} : this.#counts(found, stale)}
        .total=${this.top ? null : found.length}
        .chosen=${this.filter}
        @choose=${(event: CustomEvent<StateFilter | null>) => {
          this.filter = event.detail
        }}
      ></state-chips>
      <div class="spoken" role="status">${isNarrowed && !this.top ? `${shown.length} flags found` : ''}</div>
      ${
        shown.length === 0 || (isNarrowed && this.top)
          ? this.#nothingFound()
          : html`<flag-list
            .flags=${shown}
            .environment=${environment}
            .environments=${this.scope.environments.map(({ key }) => key)}
            .exposures=${this.#exposures.value?.flags ?? {}}
            .stale=${stale}
            .link=${this.#link}
            .now=${now}
          ></flag-list>`
      }
      <div class="row keys" aria-hidden="true">
        <span><kbd>↑↓</kbd> move</span><span><kbd>Enter</kbd> open</span><span><kbd>R</kbd> ramp</span
        ><span><kbd>K</kbd> kill</span><span><kbd>?</kbd> all keys</span>
      </div>`
  }

  #nothingFound() {
    if (this.top) return html`<list-skeleton></list-skeleton>`
    return html`<div class="empty">
      <p>No flag matches.</p>
      <wa-button appearance="outlined" @click=${this.#clear}>Show all flags</wa-button>
    </div>`
  }

  #noFlags() {
    return html`<div class="empty">
      <p><strong>No flags yet</strong></p>
      <p class="muted">A flag lets code go out dark. Make one, then ask for it in the code; Settings has the keys.</p>
      <wa-button variant="brand" @click=${() => this.newFlag.open()}>New flag</wa-button>
    </div>`
  }

  #counts(flags: FlagSummary[], stale: StaleFlags): Partial<Record<StateFilter, number>> {
    const { key } = this.scope.environment
    return Object.fromEntries(
      FILTERS.map((state) => [state, flags.filter((flag) => hasState(flag, key, state, stale)).length]),
    )
  }

  #searchKeys(event: KeyboardEvent) {
    if (event.key === 'ArrowDown') void this.list?.move(0)
    else if (event.key === 'Enter' && this.list?.flags[0]) navigate(this.#link(this.list.flags[0].key))
    else if (event.key === 'Escape' && this.words) this.words = ''
    else return
    event.preventDefault()
  }

  #clear() {
    this.words = ''
    this.filter = null
  }
}

function readFilter(): StateFilter | null {
  const state = new URLSearchParams(location.search).get('state')
  return FILTERS.find((known) => known === state) ?? null
}

declare global {
  interface HTMLElementTagNameMap {
    'flags-page': FlagsPage
  }
}
