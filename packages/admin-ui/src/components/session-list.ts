import { html, LitElement, nothing } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import type { OwnSession } from '../contract.ts'
import { base } from '../styles/base.styles.ts'
import { controls } from '../styles/controls.styles.ts'
import { rows } from '../styles/rows.styles.ts'
import { browserInWords } from '../words/browsers.ts'
import { longTime, shortTime, wholeTime } from '../words/times.ts'

/**
 * Where a person is signed in.
 *
 * @fires end-session - detail: the id
 */
@customElement('session-list')
export class SessionList extends LitElement {
  static override styles = [base, controls, rows]

  @property({ attribute: false }) sessions: OwnSession[] = []

  @property({ type: Number }) now = 0

  override render() {
    return html`<ul>
      ${this.sessions.map(
        ({ id, current, browser, address, createdAt, lastSeenAt, expiresAt }) => html`<li>
          <span class="what">
            <span><strong>${browserInWords(browser)}</strong> ${current ? html`<span class="muted">this one</span>` : nothing}</span>
            <span class="facts">
              <span>${address || 'address not known'}</span>
              <span title=${wholeTime(lastSeenAt)}>used ${longTime(lastSeenAt, this.now)}</span>
              <span title=${wholeTime(createdAt)}>since ${shortTime(createdAt, this.now)}</span>
              <span title=${wholeTime(expiresAt)}>ends ${shortTime(expiresAt, this.now)}</span>
            </span>
          </span>
          ${
            current
              ? nothing
              : html`<wa-button
                appearance="outlined"
                size="s"
                @click=${() => this.dispatchEvent(new CustomEvent('end-session', { detail: id }))}
              ><span aria-hidden="true">End</span><span class="spoken">End the session of ${browserInWords(browser)}</span></wa-button>`
          }
        </li>`,
      )}
    </ul>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'session-list': SessionList
  }
}
