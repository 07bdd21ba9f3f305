import { css, html, LitElement, nothing } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import type { KillDelivery, KillReceipt as Receipt } from '../contract.ts'
import { base } from '../styles/base.styles.ts'
import { formatCount } from '../words/shares.ts'
import { exactTime, wholeTime } from '../words/times.ts'

/** Names are shown up to here; the count is always whole. */
const SHOWN_LAGGING = 6

/** A replica says every two seconds that it lives; a report that is only on its way is no news. */
const SILENT_AFTER_S = 6

/** How far a kill or restore has come: applied, sent, confirmed, and who lags. */
@customElement('kill-receipt')
export class KillReceipt extends LitElement {
  static override styles = [
    base,
    css`
      .stack {
        display: grid;
        gap: 8px;
      }
      svg {
        display: block;
        width: 100%;
        height: 8px;
        border-radius: 4px;
        background: var(--raised);
        color: var(--green);
      }
      .counts {
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        gap: 4px 16px;
      }
      .counts strong {
        white-space: normal;
      }
      .lag {
        color: var(--amber);
        font-weight: 600;
      }
      ul {
        color: var(--ink-2);
      }
    `,
  ]

  @property({ attribute: false }) receipt: Receipt | null = null

  @property({ attribute: false }) offVariant: string | null = null

  override render() {
    const { receipt } = this
    if (!receipt) return nothing
    const { delivery } = receipt
    return html`<div class="stack">
      <p>
        ${
          receipt.killed
            ? html`Everyone gets ${this.offVariant === null ? 'the off variant' : html`<code>${this.offVariant}</code>`}.`
            : 'The configuration is served again.'
        }
        ${
          receipt.at
            ? html`Applied <strong class="number" title=${wholeTime(receipt.at)}>${exactTime(receipt.at)}</strong
              >${receipt.by ? ` by ${receipt.by}` : ''}${receipt.reason ? `, “${receipt.reason}”` : ''}.`
            : nothing
        }
        ${receipt.changed ? nothing : receipt.killed ? 'It had been killed before.' : 'It was not killed.'}
      </p>
      ${this.#delivery(delivery)}
    </div>`
  }

  #delivery(delivery: KillDelivery) {
    const { streams, sent, sentMs, confirmed, lagging, unconfirmable, silent } = delivery
    const unheard = (silent ?? []).filter(({ seenS }) => seenS > SILENT_AFTER_S)
    const width = streams === 0 ? 100 : (confirmed / streams) * 100
    const took = sentMs === null ? '' : ` in ${formatCount(sentMs)} ms`
    const shown = lagging.slice(0, SHOWN_LAGGING)
    if (streams === 0 && unconfirmable === 0 && unheard.length === 0) {
      return html`<p class="muted">No application is connected right now; each gets it when it asks next.</p>`
    }
    return html`<svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
        <rect width=${width} height="8" fill="currentColor"></rect>
      </svg>
      <div class="counts">
        <strong class="number"
          >Sent to ${formatCount(sent)} ${sent === 1 ? 'stream' : 'streams'}${took}, confirmed by ${formatCount(confirmed)}${sent === streams ? '' : ` of ${formatCount(streams)}`}</strong
        >
        ${lagging.length > 0 ? html`<span class="lag number">${formatCount(lagging.length)} ${lagging.length === 1 ? 'lags' : 'lag'}</span>` : nothing}
      </div>
      <ul>
        ${shown.map(({ instance, sdk, reason }) => html`<li>${instance}${sdk ? ` (${sdk})` : ''}: ${reason}</li>`)}
        ${lagging.length > shown.length ? html`<li>and ${formatCount(lagging.length - shown.length)} more</li>` : nothing}
        ${unheard.map(
          ({ replica, streams: held, seenS }) =>
            html`<li class="lag">
              Replica ${replica} was last heard of ${formatCount(seenS)} s ago: its ${formatCount(held)}
              ${held === 1 ? 'stream' : 'streams'} may not have it.
            </li>`,
        )}
        ${unconfirmable > 0 ? html`<li>${formatCount(unconfirmable)} ${unconfirmable === 1 ? 'client' : 'clients'} cannot confirm</li>` : nothing}
      </ul>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'kill-receipt': KillReceipt
  }
}
