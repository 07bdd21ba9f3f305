import { css } from 'lit'

/** Columns of the list; on a phone each flag is two lines: what it is, and how it stands. */
export const flagRows = css`
  :host {
    border: 1px solid var(--line);
    border-radius: var(--radius);
    background: var(--surface);
    overflow: hidden;
  }
  .head,
  .row {
    display: grid;
    grid-template-columns: minmax(180px, 1.2fr) minmax(260px, 1.8fr) 156px minmax(140px, 1fr) 52px;
    align-items: center;
    gap: 20px;
    padding: 0 16px;
  }
  .head {
    height: 40px;
    border-bottom: 1px solid var(--line);
    color: var(--ink-2);
    font-size: var(--size-12);
    font-weight: 500;
  }
  .row {
    height: 60px;
    border-bottom: 1px solid var(--line);
    cursor: pointer;
  }
  .row:hover {
    background: var(--raised);
  }
  .row:focus-within {
    background: var(--accent-soft);
    box-shadow: inset 3px 0 0 var(--accent);
  }
  .row > span {
    min-width: 0;
  }
  .flag,
  .last {
    display: grid;
    gap: 1px;
  }
  .flag a {
    overflow: hidden;
    color: var(--ink);
    font: 600 var(--size-14) var(--font-mono);
    font-variant-ligatures: none;
    text-decoration: none;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .flag a:focus-visible {
    outline: none;
    text-decoration: underline;
    text-underline-offset: 3px;
  }
  .name,
  .last time {
    overflow: hidden;
    color: var(--ink-2);
    font-size: var(--size-12);
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .row:hover .muted,
  .row:focus-within .muted {
    color: var(--ink);
  }
  .what {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .state {
    display: grid;
    grid-template-columns: 76px minmax(48px, 96px) minmax(0, 1fr);
    align-items: center;
    gap: 12px;
  }
  state-badge {
    justify-self: start;
  }
  .words {
    overflow: hidden;
    font-size: var(--size-14);
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  state-badge + .words {
    grid-column: 2 / -1;
  }
  .exposed {
    display: flex;
    align-items: center;
    gap: 12px;
    color: var(--ink-2);
  }
  @media (max-width: 1180px) {
    .head,
    .row {
      grid-template-columns: minmax(150px, 1.1fr) minmax(232px, 1.6fr) 148px minmax(110px, 1fr) 52px;
      gap: 12px;
    }
    .state {
      grid-template-columns: 76px 44px minmax(0, 1fr);
    }
    .exposed {
      gap: 8px;
    }
  }
  @media (max-width: 960px) {
    .head > :nth-child(4),
    .last {
      display: none !important;
    }
    .head,
    .row {
      grid-template-columns: minmax(150px, 1.2fr) minmax(220px, 1.5fr) 148px 52px;
    }
  }
  @media (max-width: 720px) {
    .head {
      position: absolute;
      width: 1px;
      height: 1px;
      overflow: hidden;
      clip-path: inset(50%);
    }
    .row {
      grid-template: auto auto / minmax(0, 1fr) auto;
      align-content: center;
      gap: 8px 12px;
      height: 84px;
      padding: 0 12px;
    }
    .state {
      grid-column: 1;
      grid-row: 2;
      grid-template-columns: auto minmax(40px, 80px) minmax(0, 1fr);
    }
    .name {
      display: none;
    }
    .exposed {
      grid-column: 2;
      grid-row: 2;
      justify-content: end;
    }
    .exposed spark-line {
      display: none;
    }
    .marks {
      grid-column: 2;
      grid-row: 1;
    }
  }
`
