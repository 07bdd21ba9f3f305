import type WaDialog from '@awesome.me/webawesome/dist/components/dialog/dialog.js'
import { consume } from '@lit/context'
import { css, html, LitElement } from 'lit'
import { customElement, property, query, state } from 'lit/decorators.js'
import { createQaLink } from '../api/qa-links.ts'
import type { Flag, QaLink } from '../contract.ts'
import { told } from '../controls/told.ts'
import { announce } from '../state/announce.ts'
import { scopeContext, type Scope } from '../state/contexts.ts'
import { copyText } from '../state/copy-text.ts'
import { errorText } from '../state/errors.ts'
import { rememberedAddress, rememberAddress } from '../state/preferences.ts'
import { base } from '../styles/base.styles.ts'
import { controls } from '../styles/controls.styles.ts'
import { dialogs } from '../styles/dialog.styles.ts'
import { wholeTime } from '../words/times.ts'

const HOUR_S = 3_600

/** Makes a link that shows one variant of the flag to whoever follows it, and to nobody else. */
@customElement('qa-link-panel')
export class QaLinkPanel extends LitElement {
  static override styles = [
    base,
    controls,
    dialogs,
    css`
      .pair {
        display: grid;
        grid-template-columns: 1fr 1fr;
        gap: 12px;
      }
      .actions {
        justify-content: flex-end;
      }
      .link {
        display: block;
        padding: 12px;
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--page);
        font-size: var(--size-12);
        overflow-wrap: anywhere;
        user-select: all;
      }
    `,
  ]

  @consume({ context: scopeContext, subscribe: true })
  @state()
  private scope!: Scope

  @query('wa-dialog') private dialog!: WaDialog

  @property({ attribute: false }) flag!: Flag
  /** The variant that needs no link. */
  @property() offVariant = ''

  @state() private made: { link: QaLink; address: string } | null = null
  @state() private failure = ''
  @state() private saving = false
  @state() private copied = false

  open() {
    this.made = null
    this.failure = ''
    this.copied = false
    this.dialog.open = true
  }

  async #make(event: SubmitEvent) {
    event.preventDefault()
    const data = new FormData(event.target as HTMLFormElement)
    const text = (name: string) => String(data.get(name) ?? '').trim()
    const address = text('address')
    if (address && !URL.canParse(address)) {
      this.failure = 'Write the whole address, with https:// before it, or leave it out.'
      return
    }
    this.saving = true
    this.failure = ''
    try {
      const { project, environment } = this.scope
      const wanted = { variant: text('variant'), expiresInSeconds: Number(text('expires')) }
      const link = await createQaLink(project, this.flag.key, environment.key, wanted)
      rememberAddress(project, environment.key, address)
      this.made = { link, address: withToken(address, link.token) }
      announce(this, `Made a link to ${link.variant}.`)
    } catch (error) {
      this.failure = errorText(error)
    } finally {
      this.saving = false
    }
  }

  async #copy() {
    if (this.made) this.copied = await copyText(this.made.address)
  }

  override render() {
    const { environment } = this.scope
    return html`<wa-dialog without-header label=${this.made ? `QA link to ${this.made.link.variant}` : 'QA link'}>
      ${this.made ? this.#result(this.made) : this.#form(environment.key)}
    </wa-dialog>`
  }

  #form(environment: string) {
    const names = this.flag.variants.map(({ name }) => name)
    const first = names.find((name) => name !== this.offVariant) ?? names[0]
    return html`<form @submit=${this.#make} novalidate>
      <h2>QA link</h2>
      <p class="muted">
        Whoever follows it gets one variant in <strong>${environment}</strong>, in their own session. Nobody else notices, nothing is counted, and a kill is
        stronger.
      </p>
      <div class="pair">
        <div class="field">
          <label for="variant">Variant</label>
          <select id="variant" autofocus name="variant" class="input">
            ${names.map((name) => html`<option value=${name} ?selected=${name === first}>${name}</option>`)}
          </select>
        </div>
        <div class="field">
          <label for="expires">Good for</label>
          <select id="expires" name="expires" class="input">
            <option value=${HOUR_S}>an hour</option>
            <option value=${24 * HOUR_S} selected>a day</option>
            <option value=${7 * 24 * HOUR_S}>a week</option>
            <option value=${30 * 24 * HOUR_S}>30 days</option>
          </select>
        </div>
      </div>
      <wa-input
        id="address"
        name="address"
        label="Page of your application"
        type="url"
        autocomplete="off"
        placeholder="https://shop.example.com/checkout"
        .value=${rememberedAddress(this.scope.project, environment)}
        hint="Its server must use our middleware. Without an address you get what to put behind one."
        ${told('trouble')}
      ></wa-input>
      <div class="error" id="trouble" role="alert" ?hidden=${!this.failure}>${this.failure}</div>
      <div class="row actions">
        <wa-button appearance="outlined" data-dialog="close">Cancel</wa-button>
        <wa-button type="submit" variant="brand" ?disabled=${this.saving}>Make the link</wa-button>
      </div>
    </form>`
  }

  #result({ link, address }: { link: QaLink; address: string }) {
    return html`<div class="stack">
      <h2>QA link to <span class="mono">${link.variant}</span></h2>
      <p>Good until <strong>${wholeTime(link.expiresAt)}</strong>. It is shown once.</p>
      <code class="link" aria-label="The link">${address}</code>
      <p class="muted">Open the same page with <code>?rampart=</code> and nothing behind it to be like everybody again.</p>
      <div class="row actions">
        <wa-button appearance="outlined" data-dialog="close">Close</wa-button>
        <wa-button variant="brand" @click=${this.#copy}>${this.copied ? 'Copied' : 'Copy the link'}</wa-button>
      </div>
    </div>`
  }
}

function withToken(address: string, token: string): string {
  if (!address) return `?rampart=${token}`
  const url = new URL(address)
  url.searchParams.set('rampart', token)
  return url.href
}

declare global {
  interface HTMLElementTagNameMap {
    'qa-link-panel': QaLinkPanel
  }
}
