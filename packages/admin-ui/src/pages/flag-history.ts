import { consume } from '@lit/context'
import { Task } from '@lit/task'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, query, state } from 'lit/decorators.js'
import { compareVersions, flagHistory, listVersions, restoreVersion } from '../api/history.ts'
import '../components/history-list.ts'
import '../components/load-failure.ts'
import '../components/version-dialog.ts'
import type { VersionDialog } from '../components/version-dialog.ts'
import type { AuditPage, VersionComparison, Versions } from '../contract.ts'
import { announce } from '../state/announce.ts'
import { Clock } from '../state/clock.ts'
import { scopeContext, type Scope } from '../state/contexts.ts'
import { errorText } from '../state/errors.ts'
import { base } from '../styles/base.styles.ts'
import { card } from '../styles/card.styles.ts'
import { controls } from '../styles/controls.styles.ts'

/**
 * The history card: the newest page by itself, older ones on demand, and the way back to a version.
 *
 * @fires restored
 */
@customElement('flag-history')
export class FlagHistory extends LitElement {
  static override styles = [
    base,
    controls,
    card,
    css`
      wa-button {
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

  @query('version-dialog') private dialog!: VersionDialog

  @property() flagKey = ''

  /** The version that is served. */
  @property({ type: Number }) current = 0

  /** Grows when somebody changed the flag. */
  @property({ type: Number }) changes = 0

  @state() private older: AuditPage[] = []
  @state() private versions: Versions | null = null
  @state() private pair = { from: 0, to: 0 }
  @state() private comparison: VersionComparison | null = null
  @state() private saving = false
  @state() private failure = ''

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

  /** Opens the two versions; what is served now is one of them. */
  async #open(pair: { from: number; to: number }) {
    this.versions = null
    this.comparison = null
    void this.dialog.open()
    await this.#attempt(async () => {
      this.versions = await listVersions(this.scope.project, this.flagKey, this.scope.environment.key)
      await this.#compare(pair)
    })
  }

  async #compare(pair: { from: number; to: number }) {
    this.pair = pair
    this.comparison = null
    await this.#attempt(async () => {
      const { project, environment } = this.scope
      const comparison = await compareVersions(project, this.flagKey, environment.key, pair.from, pair.to)
      // Somebody may have chosen another pair meanwhile.
      if (this.pair === pair) this.comparison = comparison
    })
  }

  async #restore({ version, reason }: { version: number; reason: string }) {
    const { project, environment } = this.scope
    this.saving = true
    await this.#attempt(async () => {
      const answer = await restoreVersion(project, this.flagKey, environment.key, version, this.pair.from, reason)
      this.dialog.close()
      announce(this, 'baseVersion' in answer ? `Asked to restore version ${version}.` : `Restored version ${version}.`)
      this.dispatchEvent(new Event('restored'))
    })
    this.saving = false
  }

  async #attempt(act: () => Promise<void>) {
    this.failure = ''
    try {
      await act()
    } catch (error) {
      this.failure = errorText(error)
    }
  }

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
    </section>
    <version-dialog
      .versions=${this.versions}
      .flagKey=${this.flagKey}
      .from=${this.pair.from}
      .to=${this.pair.to}
      .comparison=${this.comparison}
      .environment=${this.scope.environment.key}
      .approvalRequired=${this.scope.environment.approvalRequired}
      .saving=${this.saving}
      .failure=${this.failure}
      @choose=${(event: CustomEvent<{ from: number; to: number }>) => this.#compare(event.detail)}
      @restore=${(event: CustomEvent<{ version: number; reason: string }>) => this.#restore(event.detail)}
    ></version-dialog>`
  }

  #list(newest: AuditPage) {
    const pages = [newest, ...this.older]
    const next = pages.at(-1)?.next ?? null
    return html`<history-list
        .entries=${pages.flatMap(({ entries }) => entries)}
        .current=${this.current}
        .now=${this.#clock.now}
        @compare=${({ detail }: CustomEvent<number>) =>
          this.#open(
            detail === this.current
              ? { from: Math.max(1, detail - 1), to: detail }
              : { from: detail, to: this.current },
          )}
        @restore=${({ detail }: CustomEvent<number>) => this.#open({ from: this.current, to: detail })}
      ></history-list>
      ${
        next === null
          ? nothing
          : html`<wa-button appearance="outlined" size="s" @click=${() => this.#more.run([next])}>Show older</wa-button>`
      }`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'flag-history': FlagHistory
  }
}
