import { css } from 'lit'

/** A row of joined buttons of which one is pressed. */
export const choices = css`
  .choices {
    display: inline-flex;
    border: 1px solid var(--line-strong);
    border-radius: var(--radius);
    overflow: hidden;
  }
  .choices button {
    min-height: 30px;
    padding: 0 12px;
    border: 0;
    border-left: 1px solid var(--line);
    background: var(--surface);
    color: var(--ink-2);
    font: 500 var(--size-12) var(--font-text);
    cursor: pointer;
  }
  .choices button:first-child {
    border-left: 0;
  }
  .choices button:hover {
    color: var(--ink);
  }
  .choices button[aria-pressed='true'] {
    background: var(--accent-soft);
    color: var(--accent);
    font-weight: 650;
  }
  .choices button:focus-visible {
    outline-offset: -3px;
  }
  @media (pointer: coarse) {
    .choices button {
      min-height: 40px;
    }
  }
`
