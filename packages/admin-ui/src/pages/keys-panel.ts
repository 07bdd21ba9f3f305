import { consume } from '@lit/context'
import { html, LitElement } from 'lit'
import { customElement, query, state } from 'lit/decorators.js'
import '../components/keys-dialog.ts'
import type { KeysDialog } from '../components/keys-dialog.ts'
import { navigate, ROOMS, routeTo } from '../routes.ts'
import { scopeContext, type Scope } from '../state/contexts.ts'
import { isSingleKey, keysOnScreen } from '../state/page-keys.ts'
import { keyLines, ROOM_KEYS } from '../words/keys.ts'

/** How long `g` waits for the letter that says where to. */
const PATIENCE_MS = 2000

/** Keys that every page has: `?` lists all of them, `g` and a letter goes to a room. The frame owns one. */
@customElement('keys-panel')
export class KeysPanel extends LitElement {
  @consume({ context: scopeContext, subscribe: true })
  private scope?: Scope

  @query('keys-dialog') private dialog!: KeysDialog

  @state() private lines: [string, string][] = []

  #goingSince = Number.NEGATIVE_INFINITY

  override connectedCallback() {
    super.connectedCallback()
    // Before the page hears it: the letter after `g` is none of its own.
    document.addEventListener('keydown', this.#press, { capture: true })
  }

  override disconnectedCallback() {
    super.disconnectedCallback()
    document.removeEventListener('keydown', this.#press, { capture: true })
  }

  #press = (event: KeyboardEvent) => {
    if (!isSingleKey(event)) return
    const isGoing = event.timeStamp - this.#goingSince < PATIENCE_MS
    this.#goingSince = Number.NEGATIVE_INFINITY
    const room = isGoing ? ROOMS.find(([word]) => word === ROOM_KEYS[event.key])?.[0] : undefined
    if (room && this.scope) navigate(routeTo(this.scope.project, this.scope.environment.key, room))
    else if (event.key === 'g') this.#goingSince = event.timeStamp
    else if (event.key === '?') this.#list()
    else return
    event.preventDefault()
  }

  #list() {
    this.lines = keyLines(keysOnScreen(), ROOMS)
    this.dialog.open()
  }

  override render() {
    return html`<keys-dialog .keys=${this.lines}></keys-dialog>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'keys-panel': KeysPanel
  }
}
