import type WaButton from '@awesome.me/webawesome/dist/components/button/button.js'
import { consume } from '@lit/context'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, query, state } from 'lit/decorators.js'
import { writes } from '../api/client.ts'
import { lastChange, undo } from '../api/timeline.ts'
import type { LastChange } from '../contract.ts'
import { focusOn } from '../controls/focus-on.ts'
import { announce } from '../state/announce.ts'
import { liveContext } from '../state/contexts.ts'
import { errorText } from '../state/errors.ts'
import type { LiveFeed } from '../state/live-feed.ts'
import { pageKeys } from '../state/page-keys.ts'
import { base } from '../styles/base.styles.ts'
import { controls } from '../styles/controls.styles.ts'

/**
 * After whatever somebody changed, for thirty seconds: what it was, and the button that takes it back. The service says
 * what can be undone, how, and for how long, so no page has to know.
 */
@customElement('undo-toast')
export class UndoToast extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      :host {
        position: fixed;
        z-index: 2;
        right: 20px;
        bottom: 20px;
        width: min(440px, calc(100vw - 24px));
      }
      .toast {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto auto;
        align-items: center;
        gap: 4px 8px;
        padding: 12px 12px 12px 16px;
        border: 1px solid var(--line-strong);
        border-radius: var(--radius);
        background: var(--surface);
      }
      p {
        overflow-wrap: anywhere;
      }
      .error {
        grid-column: 1 / -1;
      }
      @media (max-width: 720px) {
        :host {
          right: 12px;
          /* Above the bar with Kill: nothing may ever cover that. */
          bottom: 140px;
        }
      }
    `,
  ]

  @consume({ context: liveContext, subscribe: true })
  @state()
  private live?: LiveFeed

  @query('wa-button') private button!: WaButton | null

  @property() project = ''

  @state() private last: LastChange | null = null
  @state() private seconds = 0
  @state() private failure = ''
  @state() private undoing = false

  #timer: ReturnType<typeof setInterval> | undefined
  #asked = 0

  constructor() {
    super()
    // To the button and not to the deed: a stray key must not change what is served.
    pageKeys(this, { u: () => void focusOn(this.button) })
  }

  override connectedCallback() {
    super.connectedCallback()
    writes.addEventListener('done', this.#ask)
  }

  override disconnectedCallback() {
    super.disconnectedCallback()
    writes.removeEventListener('done', this.#ask)
    clearInterval(this.#timer)
  }

  #ask = async () => {
    if (this.undoing || !this.project) return
    const turn = ++this.#asked
    // Not to know what can be undone is no failure of what was done.
    const last = await lastChange(this.project).catch(() => null)
    if (turn !== this.#asked || !this.isConnected) return
    this.failure = ''
    this.last = last
    clearInterval(this.#timer)
    if (!last) return
    // By a stopwatch, not by the clock: the service said how long, and clocks differ.
    const end = performance.now() + last.leftMs
    const count = () => {
      this.seconds = Math.ceil((end - performance.now()) / 1000)
      if (this.seconds <= 0) this.#leave()
    }
    count()
    this.#timer = setInterval(count, 500)
  }

  #leave() {
    clearInterval(this.#timer)
    this.last = null
  }

  async #undo({ action }: LastChange) {
    this.undoing = true
    this.failure = ''
    try {
      await undo(action, '')
      this.#leave()
      announce(this, `Undone: ${action.will}.`)
      this.live?.nudge()
    } catch (error) {
      this.failure = errorText(error)
    } finally {
      this.undoing = false
    }
  }

  override render() {
    const { last } = this
    if (!last) return nothing
    return html`<div class="toast" role="group" aria-label="Undo">
      <p>You ${last.sentence}. <span class="muted">Undo would ${last.action.will}.</span></p>
      <wa-button
        appearance="outlined"
        size="s"
        title=${last.action.will}
        ?disabled=${this.undoing}
        @click=${() => this.#undo(last)}
      >
        Undo <span class="number">${this.seconds} s</span>
      </wa-button>
      <wa-button
        appearance="plain"
        variant="brand"
        size="s"
        @click=${this.#leave}
      ><span aria-hidden="true">✕</span><span class="spoken">Close</span></wa-button>
      ${this.failure ? html`<p class="error" role="alert">${this.failure}</p>` : nothing}
    </div>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'undo-toast': UndoToast
  }
}
