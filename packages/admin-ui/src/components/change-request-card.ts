import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, query } from 'lit/decorators.js'
import type { ChangeRequest } from '../contract.ts'
import { Rights } from '../state/rights.ts'
import { base } from '../styles/base.styles.ts'
import { controls } from '../styles/controls.styles.ts'
import { longTime, wholeTime } from '../words/times.ts'
import './reason-field.ts'
import type { ReasonField } from './reason-field.ts'
import './step-list.ts'

/**
 * What somebody asks for, what it would change, and the decision about it.
 *
 * @fires decide - detail: {decision, reason}
 * @fires update - it is to start from the configuration as it is now
 */
@customElement('change-request-card')
export class ChangeRequestCard extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      article {
        display: grid;
        gap: 12px;
        padding-top: 16px;
        border-top: 1px solid var(--line);
      }
      :host(:first-child) article {
        padding-top: 0;
        border-top: 0;
      }
      p {
        overflow-wrap: anywhere;
      }
      summary {
        width: max-content;
        color: var(--ink-2);
        font-size: var(--size-12);
        cursor: pointer;
      }
      @media (max-width: 720px) {
        reason-field {
          flex-basis: 100%;
        }
      }
    `,
  ]

  @query('reason-field') private reason!: ReasonField

  @property({ attribute: false }) request!: ChangeRequest

  /** Where the flag's page is; empty on that page itself. */
  @property() link = ''

  @property({ type: Boolean }) deciding = false

  @property() failure = ''

  #rights = new Rights(this)

  @property({ type: Number }) now = 0

  #decide(decision: 'approve' | 'apply' | 'reject' | 'withdraw') {
    const reason = this.reason.read() ?? ''
    this.dispatchEvent(new CustomEvent('decide', { detail: { decision, reason } }))
  }

  override render() {
    const { request } = this
    const refusal = this.#rights.refusal('approvals:write', request.environment)
    const { requestedBy, sentence, reason, createdAt, authors } = request
    const others = authors.slice(1).map(({ name }) => name)
    return html`<article>
      <div>
        <p>
          <strong>${requestedBy}</strong> asks to <strong>${sentence}</strong>${reason ? `: “${reason}”` : ''}
        </p>
        <p class="small muted">
          <time datetime=${createdAt} title=${wholeTime(createdAt)}>${longTime(createdAt, this.now)}</time>
          ${others.length > 0 ? html`· edited by ${others.join(', ')}` : nothing}
          ${request.approvedBy ? html`· approved by ${request.approvedBy}` : nothing}
          ${this.link ? html`· <a href=${this.link}>Open the flag</a>` : nothing}
        </p>
      </div>
      <details ?open=${!this.link}>
        <summary>Difference</summary>
        <step-list .steps=${request.difference} left="Now" right="Then"></step-list>
      </details>
      ${request.outdated ? this.#outdated() : nothing}
      ${this.failure ? html`<p class="notice red" role="alert">${this.failure}</p>` : nothing}
      ${refusal ? html`<p class="muted small">To decide about it: ${refusal}</p>` : this.#decisions()}
    </article>`
  }

  #decisions() {
    return html`<div class="row">
        <reason-field .required=${false}></reason-field>
        <wa-button appearance="outlined" ?disabled=${this.deciding} @click=${() => this.#decide('withdraw')}>Withdraw</wa-button>
        <wa-button appearance="outlined" ?disabled=${this.deciding} @click=${() => this.#decide('reject')}>Reject</wa-button>
        ${this.#go()}
      </div>`
  }

  #outdated() {
    const { baseVersion, currentVersion } = this.request
    return html`<p class="notice amber">
      The flag was changed since: this started from version ${baseVersion}, now it is ${currentVersion}. What you see is what it
      would do now. Bring it up to date, then somebody can approve it.
    </p>`
  }

  #go() {
    const { state, outdated } = this.request
    if (outdated) {
      return html`<wa-button
        variant="brand"
        ?disabled=${this.deciding}
        @click=${() => this.dispatchEvent(new Event('update'))}
      >
        Bring up to date
      </wa-button>`
    }
    const approved = state === 'approved'
    return html`<wa-button
      variant="brand"
      ?disabled=${this.deciding}
      @click=${() => this.#decide(approved ? 'apply' : 'approve')}
    >
      ${approved ? 'Apply' : 'Approve and apply'}
    </wa-button>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'change-request-card': ChangeRequestCard
  }
}
