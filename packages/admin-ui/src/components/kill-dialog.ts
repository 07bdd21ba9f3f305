import type WaInput from '@awesome.me/webawesome/dist/components/input/input.js'
import { html, LitElement, nothing, type PropertyValues } from 'lit'
import { customElement, property, query, state } from 'lit/decorators.js'
import type { KillReceipt } from '../contract.ts'
import { copyText } from '../state/copy-text.ts'
import type { KillRequest } from '../state/kill-request.ts'
import { base } from '../styles/base.styles.ts'
import { controls } from '../styles/controls.styles.ts'
import { dialogs } from '../styles/dialog.styles.ts'
import { killStyles } from './kill-dialog.styles.ts'
import './kill-receipt.ts'

/** asking -> sending -> applied, or failed and from there to sending again. */
export type KillPhase = 'asking' | 'sending' | 'applied' | 'failed'

/**
 * Kills a flag for everyone, or takes that back. Never an optimistic success: it says "killed" when the service has
 * said so, and then stays and counts.
 *
 * @fires decide - detail: the reason, which may be empty
 * @fires undo
 * @fires leave
 */
@customElement('kill-dialog')
export class KillDialog extends LitElement {
  static override styles = [base, controls, dialogs, killStyles]

  @query('dialog') private dialog!: HTMLDialogElement
  @query('#reason') private reasonField!: WaInput | null
  @query('#outcome') private heading!: HTMLElement | null
  /** Which of the commands was copied last. */
  @state() private copied = -1

  @property({ attribute: false }) request: KillRequest | null = null

  @property() phase: KillPhase = 'asking'

  @property({ attribute: false }) receipt: KillReceipt | null = null

  /** Why it was not applied. */
  @property() failure = ''

  /** The same for a shell, in more than one way. */
  @property({ attribute: false }) commands: readonly string[] = []

  /** Seconds for which undo is offered here. */
  @property({ type: Number }) undoSeconds = 0

  /** Opens with the focus in the reason, so that Enter elsewhere on the page cannot kill. */
  async open() {
    this.copied = -1
    await this.updateComplete
    // Before it is drawn once it could not take the focus, and what is typed would go elsewhere.
    await this.reasonField?.updateComplete
    if (!this.dialog.open) this.dialog.showModal()
    if (this.reasonField) {
      this.reasonField.value = ''
      this.reasonField.focus()
    }
  }

  close() {
    this.dialog.close()
  }

  // Three seconds at most: whether it was applied must not go unsaid.
  #cancel(event: Event) {
    if (this.phase === 'sending') event.preventDefault()
  }

  #decide(event: SubmitEvent) {
    event.preventDefault()
    if (this.phase === 'sending') return
    this.dispatchEvent(new CustomEvent('decide', { detail: this.reasonField?.value?.trim() ?? '' }))
  }

  async #copy(at: number) {
    this.copied = (await copyText(this.commands[at] ?? '')) ? at : -1
  }

  // On the words and not on a button: a second Enter must not close what the first one did.
  protected override updated(changed: PropertyValues) {
    if (changed.has('phase') && this.phase === 'applied') this.heading?.focus()
  }

  override render() {
    const { request } = this
    const verb = request?.action === 'restore' ? 'Restore' : 'Kill'
    return html`<dialog
      class=${request?.action ?? ''}
      aria-label=${request ? `${verb} ${request.flag} in ${request.environment}` : 'Kill'}
      @cancel=${this.#cancel}
      @close=${() => this.dispatchEvent(new Event('leave'))}
    >
      ${request ? (this.phase === 'applied' ? this.#applied(request) : this.#ask(request, verb)) : nothing}
    </dialog>`
  }

  #ask(request: KillRequest, verb: string) {
    const sending = this.phase === 'sending'
    return html`<form @submit=${this.#decide} novalidate>
      <h2>${verb} <code>${request.flag}</code> in ${request.environment}?</h2>
      <p>${request.action === 'kill' ? this.#killed(request) : this.#restored()}</p>
      <wa-input
        id="reason"
        label="Why (may stay empty in an emergency)"
        maxlength="500"
        autocomplete="off"
        ?readonly=${sending}
      ></wa-input>
      ${this.phase === 'failed' ? this.#failed() : nothing}
      <div class="row apart">
        <span class="small muted hint"><kbd>Esc</kbd> leave <kbd>Enter</kbd> ${verb.toLowerCase()}</span>
        <span class="row">
          <wa-button appearance="outlined" ?disabled=${sending} @click=${() => this.close()}>
            ${request.action === 'kill' ? 'Leave it on' : 'Leave it killed'}
          </wa-button>
          <wa-button
            type="submit"
            class=${sending ? 'sending' : ''}
            variant=${request.action === 'kill' ? 'danger' : 'brand'}
          >
            ${this.phase === 'failed' ? `${verb} again` : verb}
          </wa-button>
        </span>
      </div>
      <span class="spoken" role="status">${sending ? 'Sending' : ''}</span>
    </form>`
  }

  #killed({ offVariant, namedIds }: KillRequest) {
    const variant = offVariant === null ? 'its off variant' : html`<code>${offVariant}</code>`
    const named = namedIds === 0 ? '' : `, also the ${namedIds} ${namedIds === 1 ? 'id' : 'ids'} named in its targets`
    return html`Everyone gets ${variant} within about a second${named}. The configuration stays as it is.`
  }

  #restored() {
    return html`The flag serves its configuration again, within about a second, as it stands now.`
  }

  #failed() {
    return html`<div class="notice red failed" role="alert">
      <strong>NOT applied.</strong>
      <span>${this.failure} The flag is served as before, as far as this screen can know. Try again, or from a shell:</span>
      ${this.commands.map((command, at) => {
        const tool = command.split(' ', 1)[0]
        return html`<pre tabindex="0" aria-label="Command with ${tool}">${command}</pre>
          <wa-button appearance="outlined" size="s" @click=${() => this.#copy(at)}>
            ${this.copied === at ? 'Copied' : `Copy the ${tool} command`}
          </wa-button>`
      })}
    </div>`
  }

  #applied(request: KillRequest) {
    const killed = request.action === 'kill'
    return html`<div class="stack">
      <h2 id="outcome" tabindex="-1">${killed ? 'Killed' : 'Restored'} <code>${request.flag}</code> in ${request.environment}</h2>
      <kill-receipt .receipt=${this.receipt} .offVariant=${request.offVariant}></kill-receipt>
      <div class="row apart">
        <span class="small muted">${killed ? 'Later, the flag’s page has Restore.' : ''}</span>
        <span class="row">
          ${
            killed && this.undoSeconds > 0
              ? html`<wa-button appearance="outlined" @click=${() => this.dispatchEvent(new Event('undo'))}>
                Undo <span class="number">${this.undoSeconds} s</span>
              </wa-button>`
              : nothing
          }
          <wa-button variant="brand" @click=${() => this.close()}>Done</wa-button>
        </span>
      </div>
    </div>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'kill-dialog': KillDialog
  }
}
