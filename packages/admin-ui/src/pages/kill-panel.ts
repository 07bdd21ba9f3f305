import { consume } from '@lit/context'
import { html, LitElement } from 'lit'
import { customElement, query, state } from 'lit/decorators.js'
import { KILL_DEADLINE_MS, killFlag, killProgress, restoreFlag, shellCommands } from '../api/kill.ts'
import '../components/kill-dialog.ts'
import type { KillDialog, KillPhase } from '../components/kill-dialog.ts'
import type { KillReceipt } from '../contract.ts'
import { announce } from '../state/announce.ts'
import { liveContext, scopeContext, type Scope } from '../state/contexts.ts'
import { errorText } from '../state/errors.ts'
import type { KillRequest } from '../state/kill-request.ts'
import type { LiveFeed } from '../state/live-feed.ts'

const UNDO_SECONDS = 30

/** Confirmations come within a second or two; after that only stragglers, who need no hurry. */
const QUICK_POLL_MS = 250
const QUICK_FOR_MS = 10_000
const SLOW_POLL_MS = 2_000

/** The kill, from the question to the last confirmation. The frame owns one; every page may ask for it. */
@customElement('kill-panel')
export class KillPanel extends LitElement {
  @consume({ context: scopeContext, subscribe: true })
  private scope?: Scope

  @consume({ context: liveContext })
  private live?: LiveFeed

  @query('kill-dialog') private dialog!: KillDialog

  @state() private request: KillRequest | null = null
  @state() private phase: KillPhase = 'asking'
  @state() private receipt: KillReceipt | null = null
  @state() private failure = ''
  @state() private undoSeconds = 0

  #project = ''
  #watch: AbortController | null = null

  /** Opens the question. */
  async ask(request: KillRequest): Promise<void> {
    this.#stopWatching()
    this.#project = this.scope?.project ?? ''
    this.request = request
    this.phase = 'asking'
    this.receipt = null
    this.failure = ''
    await this.updateComplete
    await this.dialog.open()
  }

  override disconnectedCallback() {
    super.disconnectedCallback()
    this.#stopWatching()
  }

  async #decide(reason: string) {
    const { request } = this
    if (!request) return
    const { flag, environment, action } = request
    this.phase = 'sending'
    try {
      const act = action === 'kill' ? killFlag : restoreFlag
      this.receipt = await act(this.#project, flag, environment, reason)
      this.phase = 'applied'
      announce(this, `${action === 'kill' ? 'Killed' : 'Restored'} ${flag} in ${environment}.`)
      this.live?.nudge()
      void this.#followDelivery(request)
    } catch (error) {
      this.failure = errorText(error)
      this.phase = 'failed'
    }
  }

  async #undo() {
    if (!this.request) return
    this.#stopWatching()
    this.request = { ...this.request, action: 'restore' }
    await this.#decide('undo')
  }

  async #followDelivery({ flag, environment, action }: KillRequest) {
    this.#stopWatching()
    const watch = new AbortController()
    this.#watch = watch
    const start = performance.now()
    const elapsed = () => performance.now() - start
    this.undoSeconds = action === 'kill' ? UNDO_SECONDS : 0
    const countdown = setInterval(() => {
      this.undoSeconds = Math.max(0, this.undoSeconds - 1)
    }, 1000)
    watch.signal.addEventListener('abort', () => clearInterval(countdown))
    while (!watch.signal.aborted && !this.#complete()) {
      await pause(elapsed() < QUICK_FOR_MS ? QUICK_POLL_MS : SLOW_POLL_MS, watch.signal)
      // A lost poll is no news about the kill: the next one tells.
      const signal = AbortSignal.any([watch.signal, AbortSignal.timeout(KILL_DEADLINE_MS)])
      const seen = await killProgress(this.#project, flag, environment, signal).catch(() => null)
      if (seen && !watch.signal.aborted) this.receipt = { ...seen, changed: this.receipt?.changed ?? true }
    }
    if (watch.signal.aborted) return
    const delivery = this.receipt?.delivery
    if (delivery && delivery.streams > 0) announce(this, `Confirmed by all ${delivery.streams} streams.`)
  }

  #complete(): boolean {
    const delivery = this.receipt?.delivery
    return (
      delivery !== undefined &&
      delivery.sentMs !== null &&
      delivery.confirmed >= delivery.streams &&
      delivery.lagging.length === 0
    )
  }

  #stopWatching() {
    this.#watch?.abort()
    this.#watch = null
    this.undoSeconds = 0
  }

  #leave() {
    this.#stopWatching()
    this.request = null
  }

  override render() {
    const { request } = this
    return html`<kill-dialog
      .request=${request}
      .phase=${this.phase}
      .receipt=${this.receipt}
      .failure=${this.failure}
      .commands=${request ? shellCommands(this.#project, request.flag, request.environment, request.action) : []}
      .undoSeconds=${this.undoSeconds}
      @decide=${(event: CustomEvent<string>) => this.#decide(event.detail)}
      @undo=${this.#undo}
      @leave=${this.#leave}
    ></kill-dialog>`
  }
}

/** Resolves after `ms`, or at once when the signal aborts. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer)
        resolve()
      },
      { once: true },
    )
  })
}

declare global {
  interface HTMLElementTagNameMap {
    'kill-panel': KillPanel
  }
}
