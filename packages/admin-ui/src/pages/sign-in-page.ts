import { css, html, LitElement } from 'lit'
import { customElement, query, state } from 'lit/decorators.js'
import { ApiError } from '../api/client.ts'
import { signIn } from '../api/session.ts'
import { errorText } from '../state/errors.ts'
import { base } from '../styles/base.styles.ts'
import { controls } from '../styles/controls.styles.ts'
import { brand } from '../components/brand.ts'

/**
 * Exchanges an API token for a session. The token leaves this page in one request and is kept nowhere.
 *
 * @fires signed-in - detail: the actor
 */
@customElement('sign-in-page')
export class SignInPage extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      :host {
        display: grid;
        min-height: 100dvh;
        place-items: center;
        padding: 24px 16px;
      }
      main {
        display: grid;
        gap: 24px;
        width: min(400px, 100%);
      }
      .brand {
        display: flex;
        align-items: center;
        gap: 10px;
        font-size: var(--size-20);
        font-weight: 700;
      }
      .brand svg {
        width: 24px;
        color: var(--accent);
      }
      form {
        display: grid;
        gap: 16px;
        padding: 24px;
        border: 1px solid var(--line);
        border-radius: 10px;
        background: var(--surface);
      }
    `,
  ]

  @query('#token') private tokenField!: HTMLInputElement
  @query('#name') private nameField!: HTMLInputElement
  @state() private failure = ''
  @state() private waiting = false

  override firstUpdated() {
    this.tokenField.focus()
  }

  async #signIn(event: SubmitEvent) {
    event.preventDefault()
    const token = this.tokenField.value.trim()
    if (!token) {
      this.failure = 'Paste an API token first.'
      this.tokenField.focus()
      return
    }
    this.waiting = true
    this.failure = ''
    try {
      const { actor } = await signIn(token, this.nameField.value.trim())
      this.dispatchEvent(new CustomEvent('signed-in', { detail: actor }))
    } catch (error) {
      const refused = error instanceof ApiError && error.status === 401
      this.failure = refused ? 'This token is not known, or it was revoked. Check it and try again.' : errorText(error)
      this.tokenField.focus()
    } finally {
      this.waiting = false
    }
  }

  override render() {
    return html`<main>
      <div class="brand">${brand} Rampart</div>
      <form @submit=${this.#signIn} novalidate>
        <h1>Sign in</h1>
        <div class="field">
          <label for="token">API token</label>
          <input
            id="token"
            class="input mono"
            type="password"
            autocomplete="off"
            spellcheck="false"
            aria-describedby="failure token-advice"
            aria-invalid=${this.failure ? 'true' : 'false'}
          />
          <span class="advice" id="token-advice">The service printed one when it first started.</span>
        </div>
        <div class="field">
          <label for="name">Your name (optional)</label>
          <input id="name" class="input" autocomplete="name" maxlength="100" aria-describedby="name-advice" />
          <span class="advice" id="name-advice">The history shows it beside what you change.</span>
        </div>
        <div class="error" id="failure" role="alert" ?hidden=${!this.failure}>${this.failure}</div>
        <button class="button accent" ?disabled=${this.waiting}>Sign in</button>
      </form>
    </main>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'sign-in-page': SignInPage
  }
}
