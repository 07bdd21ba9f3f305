import { css, html, LitElement } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import type { AuditEntry } from '../contract.ts'
import { base } from '../styles/base.styles.ts'
import { shortSentence } from '../words/changes.ts'
import { differences, pathInWords, valueInWords } from '../words/difference.ts'
import { longTime, wholeTime } from '../words/times.ts'

/** Values that every change moves and nobody reads. */
const NOISE = /^(?:version|revision|allocation|updatedAt|updatedBy|state|share)$/

/** Sentences newest first; each opens to what exactly differed. */
@customElement('history-list')
export class HistoryList extends LitElement {
  static override styles = [
    base,
    css`
      li {
        padding: 8px 0;
        border-bottom: 1px solid var(--line);
      }
      li:last-child {
        border-bottom: 0;
      }
      summary {
        display: grid;
        grid-template-columns: 150px minmax(0, 1fr);
        gap: 4px 16px;
        cursor: pointer;
        list-style: none;
      }
      summary::-webkit-details-marker {
        display: none;
      }
      summary .what::after {
        margin-left: 8px;
        color: var(--ink-2);
        content: '▸';
      }
      [open] > summary .what::after {
        content: '▾';
      }
      .what {
        overflow-wrap: anywhere;
      }
      .kill {
        color: var(--red);
        font-weight: 600;
      }
      dl {
        display: grid;
        grid-template-columns: max-content minmax(0, 1fr);
        gap: 4px 16px;
        margin: 8px 0 4px 166px;
      }
      dd {
        overflow-wrap: anywhere;
      }
      @media (max-width: 720px) {
        summary {
          grid-template-columns: 1fr;
        }
        dl {
          grid-template-columns: 1fr;
          margin-left: 0;
        }
      }
    `,
  ]

  @property({ attribute: false }) entries: AuditEntry[] = []

  @property({ type: Number }) now = 0

  override render() {
    if (this.entries.length === 0) return html`<p class="muted">Nothing has happened yet.</p>`
    return html`<ol>
      ${this.entries.map((entry) => this.#entry(entry))}
    </ol>`
  }

  #entry(entry: AuditEntry) {
    const via = entry.via === 'api' ? ' · by API' : entry.via === 'system' ? ' · by the system' : ''
    return html`<li>
      <details>
        <summary>
          <time class="muted number" datetime=${entry.at} title=${wholeTime(entry.at)}>${longTime(entry.at, this.now)}</time>
          <span class="what ${/kill/.test(entry.action) ? 'kill' : ''}"
            >${this.#words(entry)}<span class="muted small"
              >${via}</span
            ></span
          >
        </summary>
        ${this.#difference(entry)}
      </details>
    </li>`
  }

  #words({ actor, sentence, reason, flag, environment }: AuditEntry) {
    return `${actor.name} ${shortSentence(sentence, flag, environment)}${reason ? `: “${reason}”` : ''}`
  }

  #difference({ before, after }: AuditEntry) {
    const shown = differences(before ?? undefined, after ?? undefined).filter(
      ({ path }) => !NOISE.test(path.split('.').at(-1) ?? ''),
    )
    if (shown.length === 0) return html`<dl><dt class="muted">No difference in the configuration.</dt></dl>`
    return html`<dl>
      ${shown.map(
        ({ path, before, after }) =>
          html`<dt class="muted">${pathInWords(path)}</dt>
            <dd><code>${valueInWords(path, before)}</code> → <code>${valueInWords(path, after)}</code></dd>`,
      )}
    </dl>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'history-list': HistoryList
  }
}
