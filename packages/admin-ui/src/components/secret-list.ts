import type WaDialog from '@awesome.me/webawesome/dist/components/dialog/dialog.js'
import { html, LitElement, nothing } from 'lit'
import { customElement, property, query, state } from 'lit/decorators.js'
import { base } from '../styles/base.styles.ts'
import { controls } from '../styles/controls.styles.ts'
import { dialogs } from '../styles/dialog.styles.ts'
import { rows } from '../styles/rows.styles.ts'
import { endInWords, endsSoon, lastUse, OVERLAPS } from '../words/lifetimes.ts'
import { wholeTime } from '../words/times.ts'

/** An SDK key or an API token, without its secret. */
export interface ListedSecret {
  id: string
  name: string
  prefix: string
  createdAt: string
  createdBy: string
  expiresAt: string | null
  lastUsedAt: string | null
  replaced: boolean
  /** What it may do, in a few words. */
  scope: string
  /** False for those that end otherwise, which the scope says. */
  revocable: boolean
  /** What of it can be changed, in a word for a button. */
  editable?: string
}

export interface RotationAsked {
  id: string
  overlapHours: number
}

/**
 * Keys or tokens, each with its last use and its end. Rotating and revoking say what will happen first.
 *
 * @fires edit - detail: the id, of one with something editable
 * @fires rotate - detail: RotationAsked
 * @fires revoke - detail: the id
 */
@customElement('secret-list')
export class SecretList extends LitElement {
  static override styles = [base, controls, dialogs, rows]

  @query('wa-dialog') private dialog!: WaDialog
  @state() private asked: { secret: ListedSecret; act: 'rotate' | 'revoke' } | null = null

  @property({ attribute: false }) secrets: ListedSecret[] = []

  /** "key" or "token". */
  @property() kind = 'key'

  /** What a revocation cuts off. */
  @property() consequence = ''

  /** What stands there when there are none. */
  @property() empty = ''

  @property({ type: Number }) now = 0

  async #ask(secret: ListedSecret, act: 'rotate' | 'revoke') {
    this.asked = { secret, act }
    await this.updateComplete
    this.dialog.open = true
  }

  #answer(event: SubmitEvent) {
    event.preventDefault()
    this.dialog.open = false
    if (!this.asked) return
    const { secret, act } = this.asked
    if (act === 'revoke') this.dispatchEvent(new CustomEvent('revoke', { detail: secret.id }))
    else {
      const overlapHours = Number(new FormData(event.target as HTMLFormElement).get('overlap'))
      const detail: RotationAsked = { id: secret.id, overlapHours }
      this.dispatchEvent(new CustomEvent('rotate', { detail }))
    }
  }

  override render() {
    return html`${
      this.secrets.length === 0
        ? html`<p class="muted">${this.empty}</p>`
        : html`<ul>
            ${this.secrets.map((secret) => this.#row(secret))}
          </ul>`
    }
      <wa-dialog without-header label=${this.asked ? this.#title(this.asked.secret, this.asked.act) : ''}>
        ${this.asked ? this.#question(this.asked.secret, this.asked.act) : nothing}
      </wa-dialog>`
  }

  #row(secret: ListedSecret) {
    const { now } = this
    return html`<li>
      <span class="what">
        <span><strong>${secret.name}</strong> <code class="muted">${secret.prefix}…</code></span>
        <span class="facts">
          <span>${secret.scope}</span>
          <span title=${secret.lastUsedAt ? wholeTime(secret.lastUsedAt) : nothing}>${lastUse(secret.lastUsedAt, now)}</span>
          <span class=${endsSoon(secret, now) ? 'amber' : ''} title=${secret.expiresAt ? wholeTime(secret.expiresAt) : nothing}
            >${endInWords(secret, now)}</span
          >
          <span title=${wholeTime(secret.createdAt)}>by ${secret.createdBy || 'the service'}</span>
        </span>
      </span>
      ${
        secret.revocable
          ? html`<span class="row">
              ${
                secret.editable
                  ? html`<wa-button
                    appearance="outlined"
                    size="s"
                    @click=${() => this.dispatchEvent(new CustomEvent('edit', { detail: secret.id }))}
                  ><span aria-hidden="true">${secret.editable}</span><span class="spoken">${secret.editable} of ${secret.name}</span></wa-button>`
                  : nothing
              }
              ${
                secret.replaced
                  ? nothing
                  : html`<wa-button
                    appearance="outlined"
                    size="s"
                    @click=${() => this.#ask(secret, 'rotate')}
                  ><span aria-hidden="true">Rotate</span><span class="spoken">Rotate ${secret.name}</span></wa-button>`
              }
              <wa-button
                appearance="outlined"
                size="s"
                @click=${() => this.#ask(secret, 'revoke')}
              ><span aria-hidden="true">Revoke</span><span class="spoken">Revoke ${secret.name}</span></wa-button>
            </span>`
          : nothing
      }
    </li>`
  }

  #title({ name }: ListedSecret, act: 'rotate' | 'revoke'): string {
    return `${act === 'revoke' ? 'Revoke' : 'Rotate'} the ${this.kind} of ${name}?`
  }

  #question(secret: ListedSecret, act: 'rotate' | 'revoke') {
    const { kind } = this
    return html`<form @submit=${this.#answer}>
      <h2>${this.#title(secret, act)}</h2>
      ${
        act === 'revoke'
          ? html`<p>${this.consequence}</p>`
          : html`<p>A new ${kind} is made, and shown once. The old one goes on for a while, so that nobody is cut off.</p>
              <div class="field">
                <label for="overlap">The old one goes on for</label>
                <select id="overlap" name="overlap" class="input">
                  ${OVERLAPS.map(([hours, words]) => html`<option value=${hours}>${words}</option>`)}
                </select>
              </div>`
      }
      <div class="row actions">
        <wa-button appearance="outlined" data-dialog="close" autofocus>Leave it</wa-button>
        <wa-button type="submit" variant="brand">${act === 'revoke' ? `Revoke the ${kind}` : `Make a new ${kind}`}</wa-button>
      </div>
    </form>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'secret-list': SecretList
  }
}
