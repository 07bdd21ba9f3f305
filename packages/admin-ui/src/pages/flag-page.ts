import { consume } from '@lit/context'
import { Task } from '@lit/task'
import { html, LitElement, nothing } from 'lit'
import { customElement, property, query, state } from 'lit/decorators.js'
import { keyed } from 'lit/directives/keyed.js'
import { ApiError } from '../api/client.ts'
import { flagExposures } from '../api/exposures.ts'
import { archiveFlag, describeFlag, getFlag, saveConfiguration } from '../api/flags.ts'
import { listSegments } from '../api/segments.ts'
import '../components/audience-card.ts'
import type { AudienceCard } from '../components/audience-card.ts'
import '../components/facts-card.ts'
import type { FactsCard } from '../components/facts-card.ts'
import '../components/flag-header.ts'
import '../components/list-skeleton.ts'
import '../components/load-failure.ts'
import '../components/ramp-card.ts'
import type { LinkTo } from '../components/sentence.ts'
import type { RampCard, SaveRequest } from '../components/ramp-card.ts'
import type { Configuration, Flag, FlagFacts, StaleVersion } from '../contract.ts'
import { navigate, routeTo } from '../routes.ts'
import { announce } from '../state/announce.ts'
import { Clock } from '../state/clock.ts'
import { scopeContext, type Scope } from '../state/contexts.ts'
import { offerReader } from '../state/environment-reader.ts'
import { offerAttributes } from '../state/offer-attributes.ts'
import { errorText } from '../state/errors.ts'
import { followChanges } from '../state/follow-changes.ts'
import { pageKeys } from '../state/page-keys.ts'
import { askKill } from '../state/kill-request.ts'
import { Rights } from '../state/rights.ts'
import { base } from '../styles/base.styles.ts'
import { plainText, stateSentence } from '../words/sentences.ts'
import './change-requests.ts'
import './flag-exposures.ts'
import './flag-history.ts'
import './flag-trial.ts'
import './flag-ramp.ts'
import type { FlagRamp } from './flag-ramp.ts'
import { flagStyles } from './flag-page.styles.ts'
import './flag-triggers.ts'
import './flag-upkeep.ts'
import './qa-link-panel.ts'
import type { QaLinkPanel } from './qa-link-panel.ts'

const DAY_MS = 86_400_000

/** The card whose save was refused, where it was, and how. */
interface Refusal {
  place: string
  card: 'ramp' | 'audience' | 'facts'
  failure: string
  conflict: StaleVersion | null
}

/** One flag in one environment: what it does, and everything one can do to it, in the order of use. */
@customElement('flag-page')
export class FlagPage extends LitElement {
  static override styles = [base, flagStyles]

  @consume({ context: scopeContext, subscribe: true })
  @state()
  private scope!: Scope

  @query('ramp-card') private rampCard!: RampCard | null
  @query('flag-ramp') private flagRamp!: FlagRamp | null
  @query('audience-card') private audienceCard!: AudienceCard | null
  @query('qa-link-panel') private qaLinkPanel!: QaLinkPanel | null
  @query('facts-card') private factsCard!: FactsCard | null

  @property() flagKey = ''

  @state() private saving = false
  @state() private refusal: Refusal | null = null
  /** A plan for a ramp is being written. */
  @state() private planning = false
  /** Grows with every change somebody makes, so that graph and history ask again. */
  @state() private changes = 0

  #clock = new Clock(this)
  #rights = new Rights(this)
  #spoken = ''
  #spokenOf = ''
  #rampWanted = location.hash === '#ramp'

  #flag = new Task(this, {
    args: () => [this.scope.project, this.flagKey] as const,
    task: ([project, flag], { signal }) => getFlag(project, flag, signal),
  })

  /** Evaluations of the last day: what a new share would mean is told from them. */
  #day = new Task(this, {
    // The clock's tick among the arguments: numbers of a page left open stay those of the last day.
    args: () => [this.scope.project, this.flagKey, this.scope.environment.key, this.#clock.now, this.changes] as const,
    task: async ([project, flag, environment], { signal }) => {
      const now = Date.now()
      return (await flagExposures(project, flag, environment, now - DAY_MS, now, signal)).total
    },
  })

  #segments = new Task(this, {
    args: () => [this.scope.project] as const,
    task: async ([project], { signal }) => (await listSegments(project, signal)).map(({ key }) => key),
  })

  constructor() {
    super()
    offerAttributes(this)
    offerReader(this)
    followChanges(
      this,
      ({ flags }) => flags.includes(this.flagKey),
      () => this.#refresh(),
    )
    pageKeys(this, {
      k: () => this.#askKill(),
      r: () => this.#goToRamp(),
    })
  }

  override connectedCallback() {
    super.connectedCallback()
    document.title = `${this.flagKey} · Rampart`
  }

  protected override updated() {
    // The card is there only once the flag is.
    if (this.#rampWanted && this.flagRamp) this.#goToRamp()
    this.#speakOfChanges()
  }

  // What somebody else did to the flag on screen is said once; what is merely another page is not.
  #speakOfChanges() {
    const configuration = this.#configuration
    if (!configuration) return
    const sentence = this.#sentence(configuration)
    if (this.#spokenOf === this.#place && sentence !== this.#spoken) announce(this, sentence)
    this.#spokenOf = this.#place
    this.#spoken = sentence
  }

  #sentence(configuration: Configuration): string {
    return plainText(stateSentence(configuration, this.scope.environment.key, this.#clock.now))
  }

  #refresh() {
    this.changes++
    void this.#flag.run()
  }

  get #configuration(): Configuration | undefined {
    const flag = this.#flag.value
    return flag?.key === this.flagKey ? flag.environments[this.scope.environment.key] : undefined
  }

  get #place(): string {
    return `${this.scope.project}/${this.flagKey}/${this.scope.environment.key}`
  }

  #linkTo: LinkTo = (kind, key) => routeTo(this.scope.project, this.scope.environment.key, `${kind}s`, key)

  #goToRamp() {
    this.#rampWanted = false
    const configuration = this.#configuration
    if (configuration && this.#byHand(configuration) && configuration.ramp === null) void this.rampCard?.focusSlider()
    else void this.flagRamp?.focusControls()
  }

  #askKill() {
    const configuration = this.#configuration
    if (!configuration) return
    const refusal = this.#rights.refusal('flags:kill')
    if (refusal) return announce(this, refusal)
    askKill(this, {
      action: configuration.kill.killed ? 'restore' : 'kill',
      flag: this.flagKey,
      environment: this.scope.environment.key,
      offVariant: configuration.offVariant,
      namedIds: configuration.targets.reduce((sum, { keys }) => sum + keys.length, 0),
    })
  }

  async #save(card: 'ramp' | 'audience', { edit, version, reason }: SaveRequest) {
    const { project, environment } = this.scope
    await this.#attempt(card, async () => {
      const saved = await saveConfiguration(project, this.flagKey, environment.key, version, edit, reason)
      if ('baseVersion' in saved) {
        this.#forgetEdit(card)
        announce(this, `Asked to ${saved.sentence}. A second person has to approve it.`)
        return
      }
      // At once, before the list of all is asked again: the next edit must start from this version.
      const flag = this.#flag.value
      if (flag) flag.environments = { ...flag.environments, [environment.key]: saved }
      this.#forgetEdit(card)
      this.#spoken = this.#sentence(saved)
      announce(this, `Saved. ${this.#spoken}`)
    })
  }

  #forgetEdit(card: 'ramp' | 'audience') {
    if (card === 'ramp') this.rampCard?.reset()
    else this.audienceCard?.reset()
  }

  async #describe(facts: Partial<FlagFacts>) {
    await this.#attempt('facts', async () => {
      await describeFlag(this.scope.project, this.flagKey, facts)
      this.factsCard?.close()
      announce(this, 'Saved.')
    })
  }

  async #archive(reason: string) {
    await this.#attempt('facts', async () => {
      await archiveFlag(this.scope.project, this.flagKey, reason)
      announce(this, `Archived ${this.flagKey}.`)
      navigate(routeTo(this.scope.project, this.scope.environment.key, 'flags'))
    })
  }

  async #attempt(card: Refusal['card'], act: () => Promise<void>) {
    const place = this.#place
    this.saving = true
    this.refusal = null
    try {
      await act()
      this.#refresh()
    } catch (error) {
      const stale = error instanceof ApiError && error.code === 'STALE_VERSION'
      this.refusal = {
        place,
        card,
        failure: stale ? '' : errorText(error),
        conflict: stale ? (error.details as StaleVersion) : null,
      }
      if (stale) this.#refresh()
    } finally {
      this.saving = false
    }
  }

  override render() {
    return this.#flag.render({
      pending: () => (this.#flag.value?.key === this.flagKey ? this.#loaded(this.#flag.value) : this.#waiting()),
      complete: (flag) => this.#loaded(flag),
      error: (error) =>
        html`<load-failure what="This flag" .why=${errorText(error)} @retry=${() => this.#flag.run()}></load-failure>`,
    })
  }

  #waiting() {
    return html`<h1 class="mono">${this.flagKey}</h1>
      <list-skeleton .rows=${5}></list-skeleton>`
  }

  #loaded(flag: Flag) {
    const configuration = flag.environments[this.scope.environment.key]
    if (!configuration) return html`<p>This flag is not known in ${this.scope.environment.key}.</p>`
    const { refusal } = this
    const refused = (card: Refusal['card']) =>
      refusal?.card === card && refusal.place === this.#place ? refusal : null
    // Another flag or environment gets other cards: an open edit must never be saved to a place it was not made for.
    return html`${keyed(
      this.#place,
      html`<flag-header
        .flag=${flag}
        .configuration=${configuration}
        .environment=${this.scope.environment.key}
        .now=${this.#clock.now}
        @ramp=${this.#goToRamp}
        @kill=${this.#askKill}
        @qa-link=${() => this.qaLinkPanel?.open()}
      ></flag-header>
      <qa-link-panel .flag=${flag} .offVariant=${configuration.offVariant}></qa-link-panel>
      <div class="cards">
        <change-requests .flagKey=${flag.key}></change-requests>
        <flag-ramp
          .flagKey=${flag.key}
          .configuration=${configuration}
          .planning=${this.planning}
          .changes=${this.changes}
          ?hidden=${configuration.ramp === null && !this.planning}
          @edit-plan=${() => this.#plan(true)}
          @planned=${() => this.#plan(false)}
          @changed=${this.#refresh}
        ></flag-ramp>
        ${this.#byHand(configuration) ? this.#rampCard(flag, configuration, refused('ramp')) : nothing}
        <flag-exposures
          .flagKey=${flag.key}
          .createdAt=${flag.createdAt}
          .offVariant=${configuration.offVariant}
          .changes=${this.changes}
        ></flag-exposures>
        <audience-card
          .flag=${flag}
          .configuration=${configuration}
          .segments=${this.#segments.value ?? []}
          .linkTo=${this.#linkTo}
          .saving=${this.saving}
          .failure=${refused('audience')?.failure ?? ''}
          .conflict=${refused('audience')?.conflict ?? null}
          @save=${(event: CustomEvent<SaveRequest>) => this.#save('audience', event.detail)}
          @discard=${this.#forgetRefusal}
        ></audience-card>
        <flag-trial .flag=${flag} .configuration=${configuration} .changes=${this.changes}></flag-trial>
        <flag-history
          .flagKey=${flag.key}
          .changes=${this.changes}
          .current=${configuration.version}
          @restored=${this.#refresh}
        ></flag-history>
        <facts-card
          .flag=${flag}
          .saving=${this.saving}
          .failure=${refused('facts')?.failure ?? ''}
          .now=${this.#clock.now}
          @describe=${(event: CustomEvent<Partial<FlagFacts>>) => this.#describe(event.detail)}
          @archive=${(event: CustomEvent<string>) => this.#archive(event.detail)}
        ></facts-card>
        <flag-triggers .flagKey=${flag.key}></flag-triggers>
        <flag-upkeep .flagKey=${flag.key} .changes=${this.changes} @changed=${this.#refresh}></flag-upkeep>
      </div>
      ${flag.archivedAt ? html`<p class="muted">This flag is archived.</p>` : nothing}`,
    )}`
  }

  /** While a plan is under way, or being written, the share is not set by hand. */
  #byHand({ ramp }: Configuration): boolean {
    return !this.planning && (ramp === null || ramp === 'draft')
  }

  #rampCard(flag: Flag, configuration: Configuration, refused: Refusal | null) {
    return html`<ramp-card
      .flag=${flag}
      .configuration=${configuration}
      .evaluationsADay=${this.#day.value ?? null}
      .saving=${this.saving}
      .failure=${refused?.failure ?? ''}
      .conflict=${refused?.conflict ?? null}
      @save=${(event: CustomEvent<SaveRequest>) => this.#save('ramp', event.detail)}
      @discard=${this.#forgetRefusal}
      @plan-ramp=${() => this.#plan(true)}
    ></ramp-card>`
  }

  #plan(planning: boolean) {
    this.planning = planning
    void this.updateComplete.then(() => this.#goToRamp())
  }

  #forgetRefusal() {
    this.refusal = null
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'flag-page': FlagPage
  }
}
