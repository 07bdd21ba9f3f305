import { css } from 'lit'

/** The browser's own modal dialog: it traps focus, gives it back, and leaves on Esc. */
export const dialogs = css`
  dialog {
    width: min(560px, calc(100vw - 32px));
    max-height: calc(100dvh - 48px);
    padding: 24px;
    border: 1px solid var(--line);
    border-radius: 10px;
    background: var(--surface);
    color: var(--ink);
    overflow: auto;
  }
  dialog::backdrop {
    background: var(--shade);
  }
  dialog h2 {
    font-size: var(--size-20);
    line-height: 1.4;
  }
  dialog form,
  dialog .stack {
    display: grid;
    gap: 16px;
  }
`
