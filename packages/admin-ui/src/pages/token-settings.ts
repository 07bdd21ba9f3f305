import { consume } from '@lit/context'
import { Task } from '@lit/task'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, query, state } from 'lit/decorators.js'
import { createToken, listTokens, revokeToken, rotateToken } from '../api/tokens.ts'
import '../components/load-failure.ts'
import '../components/list-skeleton.ts'
import '../components/rights-fields.ts'
import '../components/secret-list.ts'
import '../components/secret-notice.ts'
import type { ListedSecret, RotationAsked } from '../components/secret-list.ts'
import type { ApiToken, NewApiToken, Rights, TokenRequest } from '../contract.ts'
import { told } from '../controls/told.ts'
import { announce } from '../state/announce.ts'
import { Attempt } from '../state/attempt.ts'
import { Clock } from '../state/clock.ts'
import { scopeContext, type Scope } from '../state/contexts.ts'
import { errorText, isRefused } from '../state/errors.ts'
import { base } from '../styles/base.styles.ts'
import { card } from '../styles/card.styles.ts'
import { controls } from '../styles/controls.styles.ts'
import { settings } from '../styles/settings.styles.ts'
import { LIFETIMES } from '../words/lifetimes.ts'
import { rightsInWords } from '../words/rights.ts'

const LEAST: Rights = { role: 'viewer', production: false, kill: false }
const CUT_OFF = 'Programs that use it are refused within five seconds, on every replica.'

/** API tokens of the project: for programs, and for people who do not have an account. */
@customElement('token-settings')
export class TokenSettings extends LitElement {
  static override styles = [
    base,
    card,
    controls,
    settings,
    css`
      .line {
        align-items: start;
      }
      @media (min-width: 721px) {
        .line wa-button {
          margin-top: 21px;
        }
      }
      rights-fields {
        flex: 1 1 260px;
        max-width: 400px;
      }
    `,
  ]

  @consume({ context: scopeContext, subscribe: true })
  @state()
  private scope!: Scope

  @query('form') private form!: HTMLFormElement
  @state() private created: NewApiToken | null = null
  @state() private rights = LEAST

  #attempt = new Attempt(this)
  #clock = new Clock(this)

  #tokens = new Task(this, {
    args: () => [this.scope.project] as const,
    task: ([project], { signal }) => listTokens(project, signal),
  })

  async #create(event: SubmitEvent) {
    event.preventDefault()
    const data = new FormData(this.form)
    const text = (name: string) => String(data.get(name) ?? '').trim()
    if (!text('name')) {
      this.#attempt.refuse('Name the token after the program that will use it.')
      this.form.querySelector('wa-input')?.focus()
      return
    }
    const token: TokenRequest = { name: text('name'), ...this.rights }
    if (text('environment')) token.environments = [text('environment')]
    if (text('days')) token.days = Number(text('days'))
    await this.#act(async () => {
      this.created = await createToken(this.scope.project, token)
      this.form.reset()
      this.rights = LEAST
      announce(this, 'Token created. It is shown once.')
    })
  }

  #rotate({ id, overlapHours }: RotationAsked, tokens: ApiToken[]) {
    return this.#act(async () => {
      this.created = await rotateToken(this.#projectOf(id, tokens), id, overlapHours)
      announce(this, 'New token made. It is shown once.')
    })
  }

  #revoke(id: string, tokens: ApiToken[]) {
    return this.#act(async () => {
      await revokeToken(this.#projectOf(id, tokens), id)
      if (this.created?.id === id) this.created = null
      announce(this, 'Revoked.')
    })
  }

  /** A token of all projects belongs to none of them. */
  #projectOf(id: string, tokens: ApiToken[]): string | null {
    return tokens.find((token) => token.id === id)?.everywhere ? null : this.scope.project
  }

  async #act(act: () => Promise<void>) {
    if (await this.#attempt.run(act)) void this.#tokens.run()
  }

  override render() {
    return html`<section class="card" aria-labelledby="tokens-title">
      <header><h2 id="tokens-title">API tokens of ${this.scope.project}</h2></header>
      ${this.#tokens.render({
        pending: () =>
          this.#tokens.value ? this.#whole(this.#tokens.value) : html`<list-skeleton .rows=${2}></list-skeleton>`,
        complete: (tokens) => this.#whole(tokens),
        error: (error) =>
          isRefused(error)
            ? html`<p class="muted" role="alert">${errorText(error)}</p>`
            : html`<load-failure what="The tokens" .why=${errorText(error)} @retry=${() => this.#tokens.run()}></load-failure>`,
      })}
    </section>`
  }

  #whole(tokens: ApiToken[]) {
    const { waiting, failure } = this.#attempt
    return html`<form class="line" @submit=${this.#create} novalidate>
        <wa-input
          id="name"
          name="name"
          label="Program"
          placeholder="deploys"
          maxlength="100"
          autocomplete="off"
          ${told('failure')}
        ></wa-input>
        <rights-fields
          .rights=${this.rights}
          @rights-changed=${(event: CustomEvent<Rights>) => {
            this.rights = event.detail
          }}
        ></rights-fields>
        <div class="field">
          <label for="environment">In</label>
          <select id="environment" name="environment" class="input">
            <option value="">all environments</option>
            ${this.scope.environments.map(({ key }) => html`<option value=${key}>${key} alone</option>`)}
          </select>
        </div>
        <div class="field">
          <label for="days">Lasts</label>
          <select id="days" name="days" class="input">
            ${LIFETIMES.map(([days, words]) => html`<option value=${days ?? ''} ?selected=${days === 90}>${words}</option>`)}
          </select>
        </div>
        <wa-button type="submit" variant="brand" ?disabled=${waiting}>Create token</wa-button>
      </form>
      <div class="notice red" id="failure" role="alert" ?hidden=${!failure}>${failure}</div>
      ${
        this.created
          ? html`<secret-notice .secret=${this.created.token} what="the token">
              <strong>This token is shown once.</strong> Put it where ${this.created.name} keeps its secrets.
            </secret-notice>`
          : nothing
      }
      <secret-list
        kind="token"
        .secrets=${tokens.map(listed)}
        .consequence=${CUT_OFF}
        empty="No program has a token of its own yet."
        .now=${this.#clock.now}
        @rotate=${(event: CustomEvent<RotationAsked>) => this.#rotate(event.detail, tokens)}
        @revoke=${(event: CustomEvent<string>) => this.#revoke(event.detail, tokens)}
      ></secret-list>`
  }
}

function listed(token: ApiToken): ListedSecret {
  const where = token.everywhere ? 'all projects' : (token.environments?.join(', ') ?? 'this project')
  return { ...token, scope: `${rightsInWords(token)}: ${where}`, revocable: !token.fromEnvironment }
}

declare global {
  interface HTMLElementTagNameMap {
    'token-settings': TokenSettings
  }
}
