import { html, LitElement, nothing } from 'lit'
import { customElement, property, query, state } from 'lit/decorators.js'
import { ApiError } from '../api/client.ts'
import { beginSingleSignOn, sendCode, signInWays, signInWithPassword, signInWithToken } from '../api/session.ts'
import { brand } from '../components/brand.ts'
import type { SignInWays } from '../contract.ts'
import { focusOn } from '../controls/focus-on.ts'
import { told } from '../controls/told.ts'
import { errorText } from '../state/errors.ts'
import { base } from '../styles/base.styles.ts'
import { controls } from '../styles/controls.styles.ts'
import { entrance } from '../styles/entrance.styles.ts'

type Step = 'password' | 'code' | 'token'

/** What the way back from an identity provider says in the address. */
const RETURNS: Record<string, string> = {
  'not-invited': 'You have no access here yet. Ask an admin for an invitation to your address.',
  failed: 'Signing in there did not work. Try again.',
}

/**
 * Signs somebody in: with a password and perhaps a code, at an identity provider, or with an API token. Secrets leave
 * this page in one request and are kept nowhere.
 *
 * @fires signed-in
 */
@customElement('sign-in-page')
export class SignInPage extends LitElement {
  static override styles = [base, controls, entrance]

  @query('form') private form!: HTMLFormElement
  @state() private step: Step = 'password'
  @state() private ways: SignInWays = { setUp: false, oidc: null }
  @state() private failure = RETURNS[new URLSearchParams(location.search).get('error') ?? ''] ?? ''
  @state() private waiting = false

  /** A session ended while somebody worked: they are told that nothing they typed is lost elsewhere. */
  @property({ type: Boolean }) ended = false

  override firstUpdated() {
    this.#focusFirst()
    // Without an answer the password is asked for: the sign-in itself will say what is wrong.
    signInWays().then(
      (ways) => {
        this.ways = ways
      },
      () => undefined,
    )
  }

  #focusFirst() {
    void focusOn(this.form.querySelector<HTMLElement>('input, wa-input'))
  }

  async #go(step: Step) {
    this.step = step
    this.failure = ''
    await this.updateComplete
    this.#focusFirst()
  }

  async #submit(event: SubmitEvent) {
    event.preventDefault()
    const data = new FormData(this.form)
    const text = (name: string) => String(data.get(name) ?? '').trim()
    await this.#attempt(async () => {
      if (this.step === 'token') return this.#withToken(text('token'), text('name'))
      if (this.step === 'code') await sendCode(text('code'))
      else {
        const { secondFactor } = await signInWithPassword(text('email'), String(data.get('password') ?? ''))
        if (secondFactor) return this.#go('code')
      }
      return this.#done()
    })
  }

  async #withToken(token: string, name: string) {
    if (!token) throw new Error('Paste an API token first.')
    try {
      await signInWithToken(token, name)
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error
      throw new Error('This token is not known, or it was revoked. Check it and try again.', { cause: error })
    }
    this.#done()
  }

  async #elsewhere() {
    await this.#attempt(async () => {
      const { url } = await beginSingleSignOn()
      location.assign(url)
    })
  }

  async #attempt(act: () => Promise<void>) {
    this.waiting = true
    this.failure = ''
    try {
      await act()
    } catch (error) {
      this.failure = errorText(error)
      this.#focusFirst()
    } finally {
      this.waiting = false
    }
  }

  #done() {
    this.dispatchEvent(new Event('signed-in'))
  }

  override render() {
    const form = html`<div class="brand">${brand} Rampart</div>
      <form @submit=${this.#submit} novalidate>
        <h1>Sign in</h1>
        ${this.ended && this.step === 'password' ? html`<p class="muted">Your session has ended.</p>` : nothing}
        ${this.step === 'password' ? this.#password() : this.step === 'code' ? this.#code() : this.#token()}
        <div class="error" id="failure" role="alert" ?hidden=${!this.failure}>${this.failure}</div>
        <wa-button type="submit" variant="brand" ?disabled=${this.waiting}>Sign in</wa-button>
        ${this.#otherWays()}
      </form>`
    // Over a page there is a main already.
    return this.ended ? html`<div class="column">${form}</div>` : html`<main class="column">${form}</main>`
  }

  /** The browser's own fields: a password manager looks for both in one tree, and at night nobody types a password by hand. */
  #password() {
    return html`<div class="field">
        <label for="email">E-mail address</label>
        <input id="email" name="email" class="input" type="email" autocomplete="username" aria-describedby="failure" />
      </div>
      <div class="field">
        <label for="password">Password</label>
        <input
          id="password"
          name="password"
          class="input"
          type="password"
          autocomplete="current-password"
          aria-describedby="failure"
          aria-invalid=${this.failure ? 'true' : 'false'}
        />
      </div>`
  }

  #code() {
    return html`<wa-input
      id="code"
      class="mono"
      label="Code of your app"
      name="code"
      inputmode="numeric"
      autocomplete="one-time-code"
      spellcheck="false"
      hint="Six digits, or one of your backup codes."
      ${told('failure', this.failure)}
    ></wa-input>`
  }

  #token() {
    return html`<wa-input
      id="token"
      class="mono"
      label="API token"
      name="token"
      type="password"
      autocomplete="off"
      spellcheck="false"
      hint="An admin makes one in the settings, or it is RAMPART_ADMIN_TOKEN."
      ${told('failure', this.failure)}
    ></wa-input>
      <wa-input
        id="name"
        name="name"
        label="Your name (optional)"
        autocomplete="name"
        maxlength="100"
        hint="The history shows it beside what you change."
      ></wa-input>`
  }

  #otherWays() {
    const { step, ways } = this
    if (step !== 'password') {
      return html`<wa-button appearance="plain" variant="brand" @click=${() => this.#go('password')}>
        Sign in with a password
      </wa-button>`
    }
    return html`${
      ways.oidc
        ? html`<wa-button appearance="outlined" ?disabled=${this.waiting} @click=${this.#elsewhere}>
              Sign in with ${ways.oidc}
            </wa-button>`
        : nothing
    }
      <div class="other">
        ${
          ways.setUp
            ? html`<p>Nobody has an account here yet. Open the set-up link that the service printed when it started.</p>`
            : nothing
        }
        <wa-button appearance="plain" variant="brand" @click=${() => this.#go('token')}>Sign in with an API token</wa-button>
      </div>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'sign-in-page': SignInPage
  }
}
