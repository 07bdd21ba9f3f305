import { Task } from '@lit/task'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, state } from 'lit/decorators.js'
import {
  beginSecondFactor,
  changePassword,
  confirmSecondFactor,
  endOtherSessions,
  endOwnSession,
  endSecondFactor,
  listOwnSessions,
  readAccount,
} from '../api/account.ts'
import { ApiError } from '../api/client.ts'
import '../components/load-failure.ts'
import '../components/list-skeleton.ts'
import '../components/second-factor-card.ts'
import '../components/session-list.ts'
import type { Account, OwnSession, SecondFactorStart } from '../contract.ts'
import { announce } from '../state/announce.ts'
import { Attempt } from '../state/attempt.ts'
import { Clock } from '../state/clock.ts'
import { errorText } from '../state/errors.ts'
import { base } from '../styles/base.styles.ts'
import { card } from '../styles/card.styles.ts'
import { controls } from '../styles/controls.styles.ts'
import { settings } from '../styles/settings.styles.ts'

type Part = 'password' | 'factor' | 'sessions'

/** The account of whoever is signed in: password, second factor, and where else they are signed in. */
@customElement('account-settings')
export class AccountSettings extends LitElement {
  static override styles = [
    base,
    card,
    controls,
    settings,
    css`
      .password {
        margin-bottom: 0;
      }
    `,
  ]

  @state() private begun: SecondFactorStart | null = null
  /** Which card the last failure belongs to. */
  @state() private card: Part = 'password'

  #attempt = new Attempt(this)
  #clock = new Clock(this)

  #account = new Task(this, {
    args: () => [] as const,
    task: async (_args, { signal }): Promise<{ account: Account; sessions: OwnSession[] } | null> => {
      try {
        return { account: await readAccount(signal), sessions: await listOwnSessions(signal) }
      } catch (error) {
        // Signed in with an API token: there is no account, and that is no failure.
        if (error instanceof ApiError && error.status === 404) return null
        throw error
      }
    },
  })

  #changePassword(event: SubmitEvent) {
    event.preventDefault()
    const form = event.target as HTMLFormElement
    const data = new FormData(form)
    const text = (name: string) => String(data.get(name) ?? '')
    return this.#act('password', async () => {
      await changePassword(text('password'), text('newPassword'))
      form.reset()
      announce(this, 'Password changed. Your other sessions have ended.')
    })
  }

  async #act(part: Part, act: () => Promise<void>) {
    this.card = part
    if (await this.#attempt.run(act)) void this.#account.run()
  }

  override render() {
    return this.#account.render({
      pending: () => {
        const known = this.#account.value
        return known ? this.#whole(known.account, known.sessions) : html`<list-skeleton .rows=${4}></list-skeleton>`
      },
      complete: (found) => (found ? this.#whole(found.account, found.sessions) : this.#noAccount()),
      error: (error) =>
        html`<load-failure what="Your account" .why=${errorText(error)} @retry=${() => this.#account.run()}></load-failure>`,
    })
  }

  #noAccount() {
    return html`<section class="card">
      <p>You are signed in with an API token. A token has no password, no second factor and no sessions to look at.</p>
    </section>`
  }

  #whole(account: Account, sessions: OwnSession[]) {
    const { waiting } = this.#attempt
    return html`<section class="card" aria-labelledby="account-title">
        <header>
          <h2 id="account-title">${account.name}</h2>
          <span class="muted">${account.email}</span>
        </header>
        ${account.hasPassword ? this.#password() : html`<p class="muted">You sign in at your identity provider.</p>`}
      </section>
      <section class="card" aria-labelledby="factor-title">
        <header><h2 id="factor-title">Second factor</h2></header>
        ${this.#failed('factor')}
        <second-factor-card
          .account=${account}
          .begun=${this.begun}
          .waiting=${waiting}
          @begin=${(event: CustomEvent<string>) =>
            this.#act('factor', async () => {
              this.begun = await beginSecondFactor(event.detail)
            })}
          @confirm=${(event: CustomEvent<string>) =>
            this.#act('factor', async () => {
              await confirmSecondFactor(event.detail)
              this.begun = null
              announce(this, 'The second factor is on.')
            })}
          @end=${(event: CustomEvent<string>) =>
            this.#act('factor', async () => {
              await endSecondFactor(event.detail)
              announce(this, 'The second factor is off.')
            })}
        ></second-factor-card>
      </section>
      <section class="card" aria-labelledby="sessions-title">
        <header>
          <h2 id="sessions-title">Where you are signed in</h2>
          ${
            sessions.length > 1
              ? html`<wa-button
                appearance="outlined"
                size="s"
                ?disabled=${waiting}
                @click=${() => this.#act('sessions', () => endOtherSessions())}
              >
                  End all others
                </wa-button>`
              : nothing
          }
        </header>
        ${this.#failed('sessions')}
        <session-list
          .sessions=${sessions}
          .now=${this.#clock.now}
          @end-session=${(event: CustomEvent<string>) => this.#act('sessions', () => endOwnSession(event.detail))}
        ></session-list>
      </section>`
  }

  #password() {
    return html`<form class="line password" @submit=${this.#changePassword}>
        <wa-input
          id="password"
          name="password"
          label="Present password"
          type="password"
          autocomplete="current-password"
        ></wa-input>
        <wa-input
          id="newPassword"
          name="newPassword"
          label="New password"
          type="password"
          autocomplete="new-password"
        ></wa-input>
        <wa-button type="submit" appearance="outlined" ?disabled=${this.#attempt.waiting}>Change password</wa-button>
      </form>
      ${this.#failed('password')}`
  }

  #failed(part: Part) {
    const why = this.card === part ? this.#attempt.failure : ''
    return html`<div class="notice red" role="alert" ?hidden=${!why}>${why}</div>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'account-settings': AccountSettings
  }
}
