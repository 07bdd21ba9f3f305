import { css } from 'lit'

/** Dialogs: Web Awesome's, and the browser's own where a key may not wait for a frame. They look alike, and nothing moves. */
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
  wa-dialog {
    --width: min(560px, calc(100vw - 32px));
    --spacing: 24px;
  }
  wa-dialog::part(dialog) {
    max-width: calc(100vw - 32px);
    max-height: calc(100dvh - 48px);
    border: 1px solid var(--line);
    border-radius: 10px;
    color: var(--ink);
    box-shadow: none;
    animation: none;
  }
  wa-dialog::part(dialog)::backdrop {
    background: var(--shade);
    animation: none;
  }
  :is(dialog, wa-dialog) h2 {
    font-size: var(--size-20);
    line-height: 1.4;
  }
  :is(dialog, wa-dialog) :is(form, .stack) {
    display: grid;
    gap: 16px;
  }
`
