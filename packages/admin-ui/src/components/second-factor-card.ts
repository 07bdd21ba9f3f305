import { css, html, LitElement } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { Account, SecondFactorStart } from '../contract.ts'
import { base } from '../styles/base.styles.ts'
import { controls } from '../styles/controls.styles.ts'
import './qr-code.ts'

/**
 * The second factor: off, being set up, or on.
 *
 * @fires begin - detail: the password
 * @fires confirm - detail: the code
 * @fires end - detail: the password
 */
@customElement('second-factor-card')
export class SecondFactorCard extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      form,
      .start {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        justify-items: start;
        gap: 12px;
      }
      wa-input {
        width: min(320px, 100%);
      }
      .codes {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(120px, 1fr));
        gap: 4px 16px;
        width: 100%;
      }
    `,
  ]

  @property({ attribute: false }) account!: Account

  /** What the service answered when it began; shown this once. */
  @property({ attribute: false }) begun: SecondFactorStart | null = null

  @property({ type: Boolean }) waiting = false

  @state() private confirmed = false

  #send(name: 'begin' | 'confirm' | 'end', field: string) {
    return (event: SubmitEvent) => {
      event.preventDefault()
      const form = event.target as HTMLFormElement
      const detail = String(new FormData(form).get(field) ?? '')
      form.reset()
      this.dispatchEvent(new CustomEvent(name, { detail }))
    }
  }

  override render() {
    if (this.account.secondFactor) return this.#on()
    return this.begun ? this.#settingUp(this.begun) : this.#off()
  }

  #off() {
    return html`<form @submit=${this.#send('begin', 'password')}>
      <p class="muted">A code of an app on your phone, asked for behind the password. A stolen password then opens nothing.</p>
      ${this.#password()}
      <wa-button type="submit" appearance="outlined" ?disabled=${this.waiting}>Set up</wa-button>
    </form>`
  }

  #settingUp({ uri, secret, backupCodes }: SecondFactorStart) {
    return html`<div class="start">
      <p>Scan this with your authenticator app, or enter the key by hand.</p>
      <qr-code .text=${uri} label="QR code for the authenticator app; the key stands below"></qr-code>
      <code>${secret}</code>
      <p><strong>Keep these backup codes.</strong> Each opens once, when the phone is lost. They are shown this once.</p>
      <ul class="codes">
        ${backupCodes.map((code) => html`<li><code>${code}</code></li>`)}
      </ul>
      <wa-checkbox
          @change=${(event: Event) => {
            this.confirmed = (event.target as HTMLInputElement).checked
          }}
        >I have kept the backup codes</wa-checkbox>
      <form @submit=${this.#send('confirm', 'code')}>
        <wa-input
          id="code"
          class="mono"
          label="Code that the app shows"
          name="code"
          inputmode="numeric"
          autocomplete="one-time-code"
        ></wa-input>
        <wa-button type="submit" variant="brand" ?disabled=${this.waiting || !this.confirmed}>Turn on</wa-button>
      </form>
    </div>`
  }

  #on() {
    return html`<form @submit=${this.#send('end', 'password')}>
      <p>On. Signing in asks for a code.</p>
      ${this.#password()}
      <wa-button type="submit" appearance="outlined" ?disabled=${this.waiting}>Turn off</wa-button>
    </form>`
  }

  #password() {
    return html`<wa-input
      id="factor-password"
      name="password"
      label="Your password"
      type="password"
      autocomplete="current-password"
      ?hidden=${!this.account.hasPassword}
    ></wa-input>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'second-factor-card': SecondFactorCard
  }
}
