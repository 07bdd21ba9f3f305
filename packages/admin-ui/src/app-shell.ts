import { ContextProvider } from '@lit/context'
import { Task } from '@lit/task'
import { html, LitElement, nothing } from 'lit'
import { customElement, query, state } from 'lit/decorators.js'
import { ApiError, session } from './api/client.ts'
import { listProjects } from './api/projects.ts'
import { signOut, whoAmI } from './api/session.ts'
import type { Actor, Environment, Project } from './contract.ts'
import { shell } from './app-shell.styles.ts'
import { brand } from './components/brand.ts'
import './components/load-failure.ts'
import './components/theme-switch.ts'
import './pages/changes-page.ts'
import './pages/changes-this-hour.ts'
import './pages/flag-page.ts'
import './pages/flags-page.ts'
import './pages/jump-panel.ts'
import type { JumpPanel } from './pages/jump-panel.ts'
import './pages/keys-panel.ts'
import './pages/kill-panel.ts'
import type { KillPanel } from './pages/kill-panel.ts'
import './pages/sdks-page.ts'
import './pages/segment-page.ts'
import './pages/segments-page.ts'
import './pages/ramps-page.ts'
import './pages/settings-page.ts'
import './pages/join-page.ts'
import './pages/sign-in-page.ts'
import './pages/undo-toast.ts'
import { matchRoute, navigate, ROOMS, routeTo, type Route } from './routes.ts'
import type { Announcement } from './state/announce.ts'
import { liveContext, scopeContext } from './state/contexts.ts'
import { errorText } from './state/errors.ts'
import type { KillRequested } from './state/kill-request.ts'
import { LiveFeed } from './state/live-feed.ts'
import { RightsFeed } from './state/rights.ts'
import { rememberedPlace, rememberPlace } from './state/preferences.ts'
import { base } from './styles/base.styles.ts'
import { controls } from './styles/controls.styles.ts'
import { shortTime, wholeTime } from './words/times.ts'

type Place = { project: Project; environment: Environment }

/** The frame: who is signed in, where we are, whether the screen is live, and the page in the middle. */
@customElement('app-shell')
export class AppShell extends LitElement {
  static override styles = [base, controls, shell]

  #live = new LiveFeed(this)
  #rights = new RightsFeed(this)
  #scope = new ContextProvider(this, { context: scopeContext })
  #projects = new Task(this, {
    args: () => [this.actor] as const,
    task: async ([actor], { signal }): Promise<Project[]> => (actor ? listProjects(signal) : []),
  })

  /** Null is nobody; undefined is not known yet. */
  @state() private actor: Actor | null | undefined
  /** The session is over, but the page stays: what somebody was writing must not be lost. */
  @state() private ended = false
  @state() private startFailure = ''
  @state() private route: Route = matchRoute(location.pathname)
  @state() private said = ''
  @query('kill-panel') private killPanel!: KillPanel | null
  @query('jump-panel') private jumpPanel!: JumpPanel | null

  constructor() {
    super()
    const provider = new ContextProvider(this, { context: liveContext })
    provider.setValue(this.#live)
  }

  override connectedCallback() {
    super.connectedCallback()
    addEventListener('popstate', this.#readAddress)
    addEventListener('pageshow', this.#askAgain)
    session.addEventListener('ended', this.#endSession)
    this.addEventListener('click', this.#followLink)
    this.addEventListener('announce', this.#say as EventListener)
    this.addEventListener('places-changed', () => void this.#projects.run())
    this.addEventListener('ask-kill', (event) => void this.killPanel?.ask((event as KillRequested).detail))
    void this.#whoAmI()
  }

  override disconnectedCallback() {
    super.disconnectedCallback()
    removeEventListener('popstate', this.#readAddress)
    removeEventListener('pageshow', this.#askAgain)
    session.removeEventListener('ended', this.#endSession)
  }

  async #whoAmI() {
    this.startFailure = ''
    // A browser that never was anywhere holds no session: asking would only put a refusal into its console.
    const isBack = this.route.page === 'sign-in' && new URLSearchParams(location.search).has('done')
    // Whoever opens a link makes an account, whoever was signed in here before.
    const isJoining = this.route.page === 'set-up' || this.route.page === 'invitation'
    if (isJoining || (rememberedPlace() === null && !isBack)) {
      this.actor = null
      return
    }
    await this.#findActor()
  }

  async #findActor() {
    try {
      this.#enter((await whoAmI()).actor)
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) this.actor = null
      else this.startFailure = errorText(error)
    }
  }

  #readAddress = () => {
    const before = this.route
    this.route = matchRoute(location.pathname)
    const flagOf = (route: Route) => ('flag' in route ? route.flag : null)
    // To another page the keyboard goes along; to another environment of the same page it stays where it was.
    if (before.page !== this.route.page || flagOf(before) !== flagOf(this.route)) this.#focusPage()
  }

  #enter(actor: Actor) {
    // Another person must not go on with what the first one was writing.
    if (this.ended && this.actor?.id !== actor.id) location.reload()
    // What failed for want of a session is loaded again.
    if (this.ended) dispatchEvent(new Event('rampart-signed-in'))
    this.ended = false
    // The same person again: nothing is loaded anew, so nothing that is being written is lost.
    if (this.actor?.id !== actor.id) this.actor = actor
    if (this.#isWayIn()) navigate('/')
  }

  #isWayIn(): boolean {
    return this.route.page === 'sign-in' || this.route.page === 'set-up' || this.route.page === 'invitation'
  }

  #endSession = () => {
    if (this.actor) this.ended = true
    else this.actor = null
  }

  // The browser's back button brings whole pages back from its memory, also after signing out.
  #askAgain = (event: PageTransitionEvent) => {
    if (!event.persisted) return
    this.actor = undefined
    void this.#whoAmI()
  }

  // A screen reader repeats a region only when its text changes, so the same sentence twice needs an empty moment.
  #say = (event: Announcement) => {
    this.said = ''
    setTimeout(() => {
      this.said = event.detail
    }, 50)
  }

  // Links inside shadow roots are found in the composed path; those with a modifier belong to the browser.
  #followLink = (event: MouseEvent) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return
    const link = event.composedPath().find((target) => target instanceof HTMLAnchorElement)
    if (!link || link.origin !== location.origin || link.target || link.hasAttribute('download')) return
    event.preventDefault()
    navigate(link.href)
  }

  get #place(): Place | null {
    const projects = this.#projects.value ?? []
    const wanted = 'project' in this.route ? this.route : null
    const project = projects.find(({ key }) => key === wanted?.project)
    const environment = project?.environments.find(({ key }) => key === wanted?.environment)
    return project && environment ? { project, environment } : null
  }

  protected override willUpdate() {
    if (this.#projects.value?.length) this.#findPlace(this.#projects.value)
    const place = this.actor && this.isConnected ? this.#place : null
    this.#live.follow(place?.project.key ?? null)
    this.#rights.follow(this.actor?.id ?? null, place?.project.key ?? null)
    const scope = this.#scope.value
    if (place && (scope?.environment !== place.environment || scope.project !== place.project.key)) {
      const { environments } = place.project
      this.#scope.setValue({ project: place.project.key, environment: place.environment, environments })
      rememberPlace(place.project.key, place.environment.key)
    }
  }

  protected override updated() {
    const again = this.renderRoot.querySelector<HTMLDialogElement>('dialog.again')
    if (again && !again.open) again.showModal()
  }

  /** Completes an address that names no place by the one of last time, else the last environment: production. */
  #findPlace(projects: Project[]) {
    if (this.route.page !== 'home' && this.route.page !== 'somewhere') return
    const last = rememberedPlace()
    const project = projects.find(({ key }) => key === last?.project) ?? projects[0]
    const environment =
      project?.environments.find(({ key }) => key === last?.environment) ?? project?.environments.at(-1)
    if (!project || !environment) return
    // Whoever comes by phone is on call: the first question is what changed.
    const room = matchMedia('(max-width: 720px)').matches ? ['changes'] : ['flags']
    const rest = this.route.page === 'somewhere' ? ['flags', this.route.flag] : room
    const url = routeTo(project.key, environment.key, ...rest)
    history.replaceState(null, '', url)
    this.route = matchRoute(url)
  }

  #switchTo(project: string, environment: string) {
    if (this.route.page === 'flag' && this.route.project === project) {
      navigate(routeTo(project, environment, 'flags', this.route.flag))
    } else if (this.route.page === 'settings') {
      const { section } = this.route
      navigate(routeTo(project, environment, 'settings', ...(section === 'keys' ? [] : [section])))
    } else
      navigate(
        routeTo(
          project,
          environment,
          'project' in this.route && this.route.page !== 'flag' ? this.route.page : 'flags',
        ),
      )
  }

  async #signOut() {
    await signOut().catch(() => undefined)
    this.actor = null
    this.ended = false
  }

  override render() {
    if (this.startFailure) {
      return html`<main class="start">
        <load-failure what="The console" .why=${this.startFailure} @retry=${this.#whoAmI}></load-failure>
      </main>`
    }
    if (this.route.page === 'set-up' || this.route.page === 'invitation') {
      return html`<join-page .by=${this.route.page} @signed-in=${() => this.#findActor()}></join-page>`
    }
    if (this.actor === undefined) return html`<div class="start" aria-busy="true"></div>`
    if (this.actor === null) return html`<sign-in-page @signed-in=${() => this.#findActor()}></sign-in-page>`
    const place = this.#place
    return html`
      ${this.#header(this.actor, place)}
      ${place ? this.#rail(place) : nothing}
      <main id="page" tabindex="-1">${this.#lost()} ${this.#page(place)}</main>
      <kill-panel></kill-panel>
      <jump-panel></jump-panel>
      <undo-toast .project=${place?.project.key ?? ''}></undo-toast>
      <keys-panel></keys-panel>
      ${
        this.ended
          ? html`<dialog class="again" aria-label="Sign in again" @cancel=${(event: Event) => event.preventDefault()}>
              <sign-in-page ended @signed-in=${() => this.#findActor()}></sign-in-page>
            </dialog>`
          : nothing
      }
      <div class="spoken" role="status">${this.said}</div>
    `
  }

  #focusPage() {
    this.renderRoot.querySelector<HTMLElement>('#page')?.focus({ preventScroll: true })
  }

  #header(actor: Actor, place: Place | null) {
    const projects = this.#projects.value ?? []
    return html`<header class=${place?.environment.production ? 'production' : ''}>
      <wa-button class="skip" appearance="outlined" @click=${this.#focusPage}>To the page</wa-button>
      <a class="brand" href="/" aria-label="Rampart, home">${brand}<span>Rampart</span></a>
      ${
        place
          ? html`<select
              class="input project ${projects.length === 1 ? 'only' : ''}"
              aria-label="Project"
              .value=${place.project.key}
              @change=${(event: Event) => {
                const project = projects.find(({ key }) => key === (event.target as HTMLSelectElement).value)
                const same = project?.environments.find(({ key }) => key === place.environment.key)
                const environment = same ?? project?.environments[0]
                if (project && environment) this.#switchTo(project.key, environment.key)
              }}
            >
              ${projects.map(
                ({ key }) => html`<option value=${key} ?selected=${key === place.project.key}>${key}</option>`,
              )}
            </select>
            <select
              class="input environment"
              aria-label="Environment"
              .value=${place.environment.key}
              @change=${(event: Event) => this.#switchTo(place.project.key, (event.target as HTMLSelectElement).value)}
            >
              ${place.project.environments.map(
                ({ key }) => html`<option value=${key} ?selected=${key === place.environment.key}>${key}</option>`,
              )}
            </select>`
          : nothing
      }
      ${
        place
          ? html`<button class="jump" @click=${() => this.jumpPanel?.open()}>
              <span>Search or jump</span> <kbd aria-hidden="true">Ctrl K</kbd>
            </button>`
          : nothing
      }
      <span class="space"></span>
      ${place ? html`${this.#liveMark()}<changes-this-hour></changes-this-hour>` : nothing}
      <button class="me" popovertarget="me" aria-label="Account of ${actor.name}">
        <span class="name">${actor.name}</span><span class="initials" data-initials=${initials(actor.name)}></span
        ><span class="more" aria-hidden="true">▾</span>
      </button>
      <div id="me" popover>
        <p class="muted small">Signed in as</p>
        <p><strong>${actor.name}</strong></p>
        <theme-switch></theme-switch>
        ${
          place
            ? html`<wa-button
                appearance="outlined"
                href=${routeTo(place.project.key, place.environment.key, 'settings', 'account')}
                @click=${(event: Event) => (event.target as HTMLElement).closest<HTMLElement>('[popover]')?.hidePopover()}
                >Your account</wa-button
              >`
            : nothing
        }
        <wa-button appearance="outlined" @click=${this.#signOut}>Sign out</wa-button>
      </div>
    </header>`
  }

  #liveMark() {
    const { lostSince } = this.#live
    return lostSince === null
      ? html`<span class="live" title="This screen updates itself"><span>live</span></span>`
      : html`<span class="live lost">lost</span>`
  }

  #lost() {
    const { lostSince } = this.#live
    if (lostSince === null) return nothing
    const since = new Date(lostSince).toISOString()
    return html`<div class="notice amber lost-notice" role="status" title=${wholeTime(since)}>
      <strong>Connection lost since ${shortTime(since, Date.now())}.</strong>
      What you see may be old. The screen reconnects by itself. A kill can still be tried: it says within 3 s whether it was applied.
    </div>`
  }

  #rail({ project, environment }: Place) {
    const { page } = this.route
    const room = page === 'flag' ? 'flags' : page === 'segment' ? 'segments' : page
    return html`<nav aria-label="Pages"><div>
      ${ROOMS.map(
        ([key, name]) =>
          html`<a class=${key} href=${routeTo(project.key, environment.key, key)} aria-current=${key === room ? 'page' : nothing}
            >${name}</a
          >`,
      )}
    </div></nav>`
  }

  #page(place: Place | null) {
    return this.#projects.render({
      pending: () => html`<div aria-busy="true"></div>`,
      error: (error) =>
        html`<load-failure
          what="The projects"
          .why=${errorText(error)}
          @retry=${() => this.#projects.run()}
        ></load-failure>`,
      complete: () => {
        const { route } = this
        if (route.page === 'home') return nothing
        if (!place) return this.#nowhere()
        if (route.page === 'flags') return html`<flags-page></flags-page>`
        if (route.page === 'ramps') return html`<ramps-page></ramps-page>`
        if (route.page === 'segments') return html`<segments-page></segments-page>`
        if (route.page === 'segment') return html`<segment-page .segmentKey=${route.segment}></segment-page>`
        if (route.page === 'flag') return html`<flag-page .flagKey=${route.flag}></flag-page>`
        if (route.page === 'changes') return html`<changes-page></changes-page>`
        if (route.page === 'sdks') return html`<sdks-page></sdks-page>`
        if (route.page === 'settings') return html`<settings-page .section=${route.section}></settings-page>`
        return nothing
      },
    })
  }

  #nowhere() {
    return html`<div class="notice">
      <h1>There is nothing at this address</h1>
      <p>The project or environment may have another key. <a href="/">Go to the flags</a>.</p>
    </div>`
  }
}

/** Two letters for a header too narrow for a name. */
function initials(name: string): string {
  const words = name.split(/\s+/).filter(Boolean)
  const letters =
    words.length > 1 ? [words[0], words.at(-1)].map((word) => [...(word ?? '')][0]) : [...name].slice(0, 2)
  return letters.join('').toUpperCase()
}

declare global {
  interface HTMLElementTagNameMap {
    'app-shell': AppShell
  }
}
