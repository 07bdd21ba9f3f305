import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { Exposures } from '../contract.ts'
import { base } from '../styles/base.styles.ts'
import { formatCount } from '../words/shares.ts'
import { dayAndClock, wholeTime } from '../words/times.ts'
import { markerWords } from '../words/markers.ts'

/** The graph's numbers and changes for those who cannot or would not read a picture. Drawn when opened. */
@customElement('exposure-table')
export class ExposureTable extends LitElement {
  static override styles = [
    base,
    css`
      summary {
        color: var(--accent);
        font-weight: 500;
        cursor: pointer;
      }
      .scroll {
        max-height: 320px;
        margin-top: 12px;
        overflow: auto;
      }
      table {
        width: 100%;
        border-collapse: collapse;
        font-variant-numeric: tabular-nums;
      }
      th,
      td {
        padding: 4px 12px 4px 0;
        border-bottom: 1px solid var(--line);
        text-align: right;
      }
      th:first-child {
        text-align: left;
        font-weight: 400;
      }
      thead th {
        position: sticky;
        top: 0;
        background: var(--surface);
        color: var(--ink-2);
        font-size: var(--size-12);
        font-weight: 500;
      }
      h4 {
        margin: 16px 0 4px;
        font-size: var(--size-14);
      }
    `,
  ]

  @property({ attribute: false }) exposures!: Exposures

  @state() private open = false

  override render() {
    return html`<details
      @toggle=${(event: Event) => {
        this.open = (event.target as HTMLDetailsElement).open
      }}
    >
      <summary>The same numbers as a table</summary>
      ${this.open ? this.#table() : nothing}
    </details>`
  }

  #table() {
    const { series, from, stepMs, markers } = this.exposures
    const start = Date.parse(from)
    const steps = Math.max(0, ...series.map(({ counts }) => counts.length))
    // Newest first, as in the history.
    const rows = Array.from({ length: steps }, (_, index) => steps - 1 - index)
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Evaluations per variant">
        <table>
          <thead>
            <tr>
              <th scope="col">From</th>
              ${series.map(({ variant }) => html`<th scope="col">${variant}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${rows.map(
              (step) =>
                html`<tr>
                  <th scope="row">${dayAndClock(start + step * stepMs)}</th>
                  ${series.map(({ counts }) => html`<td>${formatCount(counts[step] ?? 0)}</td>`)}
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
      <h4>Changes in this time</h4>
      ${markers.length === 0 ? html`<p class="muted">None.</p>` : nothing}
      <ul>
        ${markers.map((marker) => html`<li title=${wholeTime(marker.at)}>${dayAndClock(Date.parse(marker.at))} ${markerWords(marker)}</li>`)}
      </ul>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'exposure-table': ExposureTable
  }
}
