import { html, LitElement, nothing } from 'lit'
import { customElement, property, query, state } from 'lit/decorators.js'
import { acceptInvitation, lookAtInvitation, setUp } from '../api/session.ts'
import { brand } from '../components/brand.ts'
import type { Invited } from '../contract.ts'
import { focusOn } from '../controls/focus-on.ts'
import { errorText } from '../state/errors.ts'
import { base } from '../styles/base.styles.ts'
import { controls } from '../styles/controls.styles.ts'
import { entrance } from '../styles/entrance.styles.ts'
import { withArticle } from '../words/rights.ts'

const PASSWORD_MIN = 12

/**
 * Makes an account: the first one, by the link that the start prints, or that of an invited person. The secret stands
 * behind the # of the address, which no server sees, and leaves the address as soon as it is read.
 *
 * @fires signed-in
 */
@customElement('join-page')
export class JoinPage extends LitElement {
  static override styles = [base, controls, entrance]

  @query('form') private form!: HTMLFormElement | null

  /** By which link. */
  @property() by: 'set-up' | 'invitation' = 'set-up'

  @state() private invited: Invited | null = null
  /** The link itself is no good: there is nothing to fill in. */
  @state() private hopeless = ''
  @state() private failure = ''
  @state() private waiting = false

  #secret = ''

  override connectedCallback() {
    super.connectedCallback()
    this.#secret = location.hash.slice(1)
    // A screenshot or a shoulder must not carry it away.
    if (this.#secret) history.replaceState(null, '', location.pathname)
    if (!this.#secret) this.hopeless = 'This link is not whole. Copy it again, with everything behind the #.'
    else if (this.by === 'invitation') void this.#look()
    else this.#focusFirst()
  }

  async #look() {
    try {
      this.invited = await lookAtInvitation(this.#secret)
      this.#focusFirst()
    } catch (error) {
      this.hopeless = errorText(error)
    }
  }

  async #focusFirst() {
    await this.updateComplete
    void focusOn(this.form?.querySelector('wa-input'))
  }

  async #submit(event: SubmitEvent) {
    event.preventDefault()
    const data = new FormData(event.target as HTMLFormElement)
    const text = (name: string) => String(data.get(name) ?? '')
    const person = { name: text('name').trim(), password: text('password') }
    this.failure = complaint(person, text('again'))
    if (this.failure) return
    this.waiting = true
    try {
      if (this.by === 'set-up') await setUp(this.#secret, { ...person, email: text('email').trim() })
      else await acceptInvitation(this.#secret, person)
      this.dispatchEvent(new Event('signed-in'))
    } catch (error) {
      this.failure = errorText(error)
    } finally {
      this.waiting = false
    }
  }

  override render() {
    return html`<main class="column">
      <div class="brand">${brand} Rampart</div>
      ${this.hopeless ? this.#hopeless() : this.#form()}
    </main>`
  }

  #hopeless() {
    return html`<form>
      <h1>This link does not work</h1>
      <p role="alert">${this.hopeless}</p>
      <!-- Loaded anew: somebody may be signed in. -->
      <wa-button appearance="outlined" href="/" target="_self">Sign in</wa-button>
    </form>`
  }

  #form() {
    const { invited } = this
    return html`<form @submit=${this.#submit} novalidate aria-busy=${this.by === 'invitation' && !invited}>
      <h1>${this.by === 'set-up' ? 'Set up Rampart' : 'Join'}</h1>
      ${
        invited
          ? html`<p>${invited.invitedBy} invited <strong>${invited.email}</strong> as ${withArticle(invited.role)}.</p>`
          : nothing
      }
      ${
        this.by === 'set-up'
          ? html`<p class="muted">This makes the first account, an admin of everything. The link works once.</p>`
          : nothing
      }
      <wa-input
        id="name"
        name="name"
        label="Your name"
        autocomplete="name"
        maxlength="100"
        hint="The history shows it beside what you change."
      ></wa-input>
      ${
        this.by === 'set-up'
          ? html`<div class="field">
              <label for="email">E-mail address</label>
              <input id="email" name="email" class="input" type="email" autocomplete="username" />
            </div>`
          : html`<input name="username" autocomplete="username" .value=${invited?.email ?? ''} hidden />`
      }
      <div class="field">
        <label for="password">Password</label>
        <input
          id="password"
          name="password"
          class="input"
          type="password"
          autocomplete="new-password"
          aria-describedby="password-advice failure"
        />
        <span class="advice" id="password-advice">At least ${PASSWORD_MIN} characters. A few unrelated words do well.</span>
      </div>
      <div class="field">
        <label for="again">The password again</label>
        <input id="again" name="again" class="input" type="password" autocomplete="new-password" />
      </div>
      <div class="error" id="failure" role="alert" ?hidden=${!this.failure}>${this.failure}</div>
      <wa-button type="submit" variant="brand" ?disabled=${this.waiting}>Create account</wa-button>
    </form>`
  }
}

function complaint({ name, password }: { name: string; password: string }, again: string): string {
  if (!name) return 'Say who you are: the history shows it.'
  if (password.length < PASSWORD_MIN) return `Choose a password of at least ${PASSWORD_MIN} characters.`
  return password === again ? '' : 'The two passwords are not the same.'
}

declare global {
  interface HTMLElementTagNameMap {
    'join-page': JoinPage
  }
}
