import { css } from 'lit'

/** Resets, headings and text roles: every element that draws text takes these first. */
export const base = css`
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  :host {
    display: block;
  }
  :host([hidden]),
  [hidden] {
    display: none !important;
  }
  h1,
  h2,
  h3,
  p,
  ul,
  ol,
  dl,
  dd {
    margin: 0;
    padding: 0;
  }
  ul,
  ol {
    list-style: none;
  }
  h1 {
    font-size: var(--size-20);
    font-weight: 650;
    line-height: 1.4;
  }
  h1.mono {
    font-size: var(--size-20);
    overflow-wrap: anywhere;
  }
  h2 {
    font-size: var(--size-14);
    font-weight: 650;
  }
  h3 {
    font-size: var(--size-14);
    font-weight: 600;
  }
  a {
    color: var(--accent);
  }
  code,
  .mono {
    font-family: var(--font-mono);
    font-size: 0.93em;
    font-variant-ligatures: none;
  }
  code {
    overflow-wrap: anywhere;
  }
  .muted {
    color: var(--ink-2);
  }
  .small {
    font-size: var(--size-12);
  }
  .number {
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }
  .spoken {
    position: absolute;
    width: 1px;
    height: 1px;
    margin: -1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
`
