import { css, html, LitElement, nothing } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import type { Sdk } from '../contract.ts'
import { base } from '../styles/base.styles.ts'
import { sdkTrouble } from '../words/sdks.ts'
import { age, longTime, wholeTime } from '../words/times.ts'

/** Processes of applications, one a line; those that lag say what is wrong with them. */
@customElement('sdk-list')
export class SdkList extends LitElement {
  static override styles = [
    base,
    css`
      table {
        width: 100%;
        border-collapse: collapse;
      }
      th,
      td {
        padding: 8px 16px 8px 0;
        border-bottom: 1px solid var(--line);
        text-align: left;
        vertical-align: top;
      }
      tbody tr:last-child > * {
        border-bottom: 0;
      }
      thead th {
        color: var(--ink-2);
        font-size: var(--size-12);
        font-weight: 500;
        white-space: nowrap;
      }
      tbody th {
        font-weight: 600;
        overflow-wrap: anywhere;
      }
      .instance {
        font-weight: 400;
        color: var(--ink-2);
      }
      .state {
        display: inline-flex;
        align-items: center;
        gap: 6px;
        color: var(--ink-2);
        font-size: var(--size-12);
        font-weight: 600;
        white-space: nowrap;
      }
      .state::before {
        width: 8px;
        height: 8px;
        border-radius: 50%;
        background: currentColor;
        content: '';
      }
      .live {
        color: var(--green);
      }
      .behind,
      .lost {
        color: var(--amber);
      }
      .lost::before {
        border: 1.5px solid currentColor;
        background: none;
      }
      .polling::before {
        border-radius: 2px;
      }
      .why {
        color: var(--amber);
        font-size: var(--size-12);
      }
      @media (max-width: 720px) {
        thead {
          position: absolute;
          clip-path: inset(50%);
        }
        tr {
          display: grid;
          grid-template-columns: minmax(0, 1fr) auto;
          gap: 0 12px;
          padding: 10px 0;
          border-bottom: 1px solid var(--line);
        }
        tr:last-child {
          border-bottom: 0;
        }
        th,
        td {
          padding: 2px 0;
          border: 0;
        }
        tbody th {
          grid-column: 1;
          grid-row: 1;
        }
        td.is {
          grid-column: 2;
          grid-row: 1;
        }
        td:not(.is) {
          grid-column: 1 / -1;
          color: var(--ink-2);
          font-size: var(--size-12);
        }
        td.none {
          display: none;
        }
        td[data-name]::before {
          content: attr(data-name) ' ';
        }
      }
    `,
  ]

  @property({ attribute: false }) sdks: Sdk[] = []

  @property({ type: Number }) now = 0

  override render() {
    return html`<table>
      <thead>
        <tr>
          <th scope="col">Application</th>
          <th scope="col">State</th>
          <th scope="col">SDK</th>
          <th scope="col">Revision</th>
          <th scope="col">Connected</th>
          <th scope="col">Replica</th>
        </tr>
      </thead>
      <tbody>
        ${this.sdks.map((sdk) => this.#row(sdk))}
      </tbody>
    </table>`
  }

  #row(sdk: Sdk) {
    const { instance, name, state, version, language, revision, reportedAt, connectedAt, replica } = sdk
    const trouble = sdkTrouble(sdk, this.now)
    return html`<tr>
      <th scope="row">
        ${name || html`<code>${instance.slice(0, 13)}</code>`}
        ${name ? html`<code class="instance small" title=${instance}>${instance.slice(0, 8)}</code>` : nothing}
        ${trouble ? html`<div class="why">${trouble}</div>` : nothing}
      </th>
      <td class="is"><span class="state ${state}">${state}</span></td>
      <td>${language} <span class="muted">${sdk.sdk} ${version}</span></td>
      <td data-name="revision" class="number" title=${reportedAt ? `as it said at ${wholeTime(reportedAt)}` : 'it says so with its first count'}>
        ${revision ?? '–'}
      </td>
      <td data-name=${connectedAt ? 'connected' : nothing} title=${connectedAt ? wholeTime(connectedAt) : nothing}>
        ${connectedAt ? (state === 'lost' ? longTime(connectedAt, this.now) : `for ${age(connectedAt, this.now)}`) : 'no stream'}
      </td>
      <td data-name=${replica ? 'on' : nothing} class=${replica ? '' : 'none'}>${replica ? html`<code>${replica}</code>` : '–'}</td>
    </tr>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'sdk-list': SdkList
  }
}
