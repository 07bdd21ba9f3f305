import type WaTextarea from '@awesome.me/webawesome/dist/components/textarea/textarea.js'
import type { User } from '@rampart/evaluation'
import { consume } from '@lit/context'
import { Task } from '@lit/task'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, query, state } from 'lit/decorators.js'
import { configurationAt, listVersions } from '../api/history.ts'
import '../components/path-list.ts'
import type { Configuration, Flag, VersionFacts } from '../contract.ts'
import { told } from '../controls/told.ts'
import { scopeContext, type Scope } from '../state/contexts.ts'
import { errorText } from '../state/errors.ts'
import { environmentReader } from '../state/environment-reader.ts'
import { flagDocument } from '../state/flag-document.ts'
import { pathTaken } from '../state/path-taken.ts'
import { readSurroundings } from '../state/surroundings.ts'
import { base } from '../styles/base.styles.ts'
import { card } from '../styles/card.styles.ts'
import { controls } from '../styles/controls.styles.ts'
import { readUser } from '../words/path.ts'
import { shortTime } from '../words/times.ts'

/** The card that tells one person's path: now, or at any version. Computed here, by the code that applications run. */
@customElement('flag-trial')
export class FlagTrial extends LitElement {
  static override styles = [
    base,
    controls,
    card,
    css`
      form {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        align-items: end;
        gap: 12px;
      }
      wa-textarea::part(textarea) {
        max-height: 240px;
      }
      .field.version {
        max-width: 420px;
        margin: 16px 0 12px;
      }
      .error {
        margin-top: 8px;
      }
    `,
  ]

  @consume({ context: scopeContext, subscribe: true })
  @state()
  private scope!: Scope

  @query('wa-textarea') private field!: WaTextarea

  @property({ attribute: false }) flag!: Flag

  /** What is on screen. */
  @property({ attribute: false }) configuration!: Configuration

  /** Grows with every change of the flag. */
  @property({ type: Number }) changes = 0

  /** Who is tried; null before anybody is. */
  @state() private user: { user: User } | null = null
  @state() private complaint = ''
  /** Null for what is on screen. */
  @state() private version: number | null = null

  #versions = new Task(this, {
    args: () => [this.user !== null, this.scope.environment.key, this.changes] as const,
    task: async ([asked, environment]): Promise<VersionFacts[]> =>
      asked ? (await listVersions(this.scope.project, this.flag.key, environment)).versions : [],
  })

  #surroundings = new Task(this, {
    args: () => [this.user !== null, this.flag, this.configuration, this.version] as const,
    task: async ([asked, flag, present, version], { signal }) => {
      if (!asked) return null
      const { project, environment } = this.scope
      const then = version === null ? present : await configurationAt(project, flag.key, environment.key, version)
      const document = flagDocument(flag, then, version === null && present.kill.killed)
      return readSurroundings(document, environmentReader(project, environment.key), signal)
    },
  })

  #try(event: Event) {
    event.preventDefault()
    const read = readUser(this.field.value ?? '')
    this.complaint = 'complaint' in read ? read.complaint : ''
    if ('user' in read) this.user = read
  }

  #press(event: KeyboardEvent) {
    if (event.key === 'Enter' && !event.shiftKey) this.#try(event)
  }

  override render() {
    return html`<section class="card" aria-labelledby="title">
      <header><h2 id="title">Try it</h2></header>
      <form @submit=${this.#try} novalidate>
        <wa-textarea
          id="who"
          label="User id, or JSON with attributes: stays in this browser"
          class="mono"
          rows="1"
          resize="auto"
          spellcheck="false"
          autocomplete="off"
          placeholder='{"key": "ada", "country": "DE"}'
          @keydown=${this.#press}
          ${told('', this.complaint)}
        ></wa-textarea>
        <wa-button type="submit" appearance="outlined">Try</wa-button>
      </form>
      <div class="error" role="alert" ?hidden=${!this.complaint}>${this.complaint}</div>
      ${this.user === null ? nothing : html`${this.#versionField()}${this.#path(this.user)}`}
    </section>`
  }

  #versionField() {
    const versions = this.#versions.value ?? []
    return html`<div class="field version">
      <label for="version">In ${this.scope.environment.key}</label>
      <select
        id="version"
        class="input"
        @change=${(event: Event) => {
          const { value } = event.target as HTMLSelectElement
          this.version = value ? Number(value) : null
        }}
      >
        <option value="" ?selected=${this.version === null}>as it is now</option>
        ${versions.map(
          ({ version, at, sentence }) =>
            html`<option value=${version} ?selected=${this.version === version}>
              version ${version}${at ? `, ${shortTime(at, Date.now())}` : ''}: ${sentence}
            </option>`,
        )}
      </select>
      ${
        this.version === null
          ? nothing
          : html`<span class="advice">As if not killed; prerequisites and segments as they are now.</span>`
      }
    </div>`
  }

  #path({ user }: { user: User }) {
    return this.#surroundings.render({
      pending: () => html`<p class="muted" aria-busy="true">Reading what it depends on</p>`,
      error: (error) => html`<p class="error" role="alert">${errorText(error)}</p>`,
      complete: (surroundings) =>
        surroundings
          ? html`<path-list
              .path=${pathTaken(surroundings, user)}
              .user=${user}
              .offVariant=${surroundings.flag.offVariant}
            ></path-list>`
          : nothing,
    })
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'flag-trial': FlagTrial
  }
}
