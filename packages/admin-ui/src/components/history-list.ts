import { css, html, LitElement, nothing } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import type { AuditEntry } from '../contract.ts'
import { Rights } from '../state/rights.ts'
import { base } from '../styles/base.styles.ts'
import { controls } from '../styles/controls.styles.ts'
import { shortSentence } from '../words/changes.ts'
import { wayInWords } from '../words/timeline.ts'
import { longTime, wholeTime } from '../words/times.ts'
import './step-list.ts'

/**
 * Sentences newest first; each opens to what exactly differed.
 *
 * @fires compare - detail: a version
 * @fires restore - detail: a version
 */
@customElement('history-list')
export class HistoryList extends LitElement {
  static override styles = [
    base,
    controls,
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
      .more {
        display: grid;
        gap: 12px;
        margin: 8px 0 4px 166px;
      }
      @media (max-width: 720px) {
        summary {
          grid-template-columns: 1fr;
        }
        .more {
          margin-left: 0;
        }
      }
    `,
  ]

  #rights = new Rights(this)

  @property({ attribute: false }) entries: AuditEntry[] = []

  /** The version that is served. */
  @property({ type: Number }) current = 0

  @property({ type: Number }) now = 0

  override render() {
    if (this.entries.length === 0) return html`<p class="muted">Nothing has happened yet.</p>`
    return html`<ol>
      ${this.entries.map((entry) => this.#entry(entry))}
    </ol>`
  }

  #entry(entry: AuditEntry) {
    const way = [entry.approvedBy ? `approved by ${entry.approvedBy}` : '', wayInWords(entry.via)].filter(Boolean)
    return html`<li>
      <details>
        <summary>
          <time class="muted number" datetime=${entry.at} title=${wholeTime(entry.at)}>${longTime(entry.at, this.now)}</time>
          <span class="what ${/kill/.test(entry.action) ? 'kill' : ''}"
            >${this.#words(entry)}<span class="muted small"
              >${way.map((words) => ` · ${words}`).join('')}</span
            ></span
          >
        </summary>
        <div class="more">
          <step-list .steps=${[{ path: '', before: entry.before, after: entry.after }]}></step-list>
          ${this.#versionButtons(entry)}
        </div>
      </details>
    </li>`
  }

  #versionButtons({ version }: AuditEntry) {
    if (version === null) return nothing
    const choose = (name: 'compare' | 'restore') => () => this.dispatchEvent(new CustomEvent(name, { detail: version }))
    return html`<div class="row">
      <span class="small muted">Version ${version}</span>
      <wa-button appearance="outlined" size="s" @click=${choose('compare')}>Compare</wa-button>
      ${
        version === this.current
          ? html`<span class="small muted">is served now</span>`
          : this.#rights.has('flags:write')
            ? html`<wa-button appearance="outlined" size="s" @click=${choose('restore')}>Restore this version</wa-button>`
            : nothing
      }
    </div>`
  }

  #words({ actor, sentence, reason, flag, environment }: AuditEntry) {
    return `${actor.name} ${shortSentence(sentence, flag, environment)}${reason ? `: “${reason}”` : ''}`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'history-list': HistoryList
  }
}
