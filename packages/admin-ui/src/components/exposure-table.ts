import { css, html, LitElement, nothing } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import type { Exposures } from '../contract.ts'
import { base } from '../styles/base.styles.ts'
import type { MetricGraph } from '../words/metric-graphs.ts'
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
      summary::after {
        margin-left: 8px;
        padding: 0 5px;
        border: 1px solid var(--line-strong);
        border-radius: 4px;
        color: var(--ink-2);
        font: var(--size-12) var(--font-mono);
        content: 't' / '';
      }
      @media (pointer: coarse) {
        summary::after {
          content: none;
        }
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

  @property({ attribute: false }) graphs: MetricGraph[] = []

  @property({ type: Boolean }) open = false

  override render() {
    return html`<details
      .open=${this.open}
      @toggle=${(event: Event) => {
        this.open = (event.target as HTMLDetailsElement).open
      }}
    >
      <summary aria-keyshortcuts="t">The same numbers as a table</summary>
      ${this.open ? this.#table() : nothing}
    </details>`
  }

  #table() {
    const { series, from, stepMs, markers } = this.exposures
    const start = Date.parse(from)
    const steps = Math.max(0, ...series.map(({ counts }) => counts.length))
    // Newest first, as in the history.
    const rows = Array.from({ length: steps }, (_, index) => steps - 1 - index)
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Numbers of the graphs">
        <table>
          <thead>
            <tr>
              <th scope="col">From</th>
              ${series.map(({ variant }) => html`<th scope="col">${variant}</th>`)}
              ${this.graphs.map(
                ({ title }) => html`<th scope="col">${title}, exposed</th><th scope="col">${title}, not exposed</th>`,
              )}
            </tr>
          </thead>
          <tbody>
            ${rows.map(
              (step) =>
                html`<tr>
                  <th scope="row">${dayAndClock(start + step * stepMs)}</th>
                  ${series.map(({ counts }) => html`<td>${formatCount(counts[step] ?? 0)}</td>`)}
                  ${this.graphs.map(
                    ({ exposed, notExposed, format }) =>
                      html`<td>${told(exposed[step], format)}</td><td>${told(notExposed[step], format)}</td>`,
                  )}
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

function told(value: number | null | undefined, format: MetricGraph['format']): string {
  return value === null || value === undefined ? '–' : format(value)
}

declare global {
  interface HTMLElementTagNameMap {
    'exposure-table': ExposureTable
  }
}
