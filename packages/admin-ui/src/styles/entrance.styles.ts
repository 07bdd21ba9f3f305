import { css } from 'lit'

/** The pages before one is in: a mark, and one card in the middle. */
export const entrance = css`
  :host {
    display: grid;
    min-height: 100dvh;
    place-items: center;
    padding: 24px 16px;
  }
  .column {
    display: grid;
    gap: 24px;
    width: min(400px, 100%);
  }
  .brand {
    display: flex;
    align-items: center;
    gap: 10px;
    font-size: var(--size-20);
    font-weight: 700;
  }
  .brand svg {
    width: 24px;
    color: var(--accent);
  }
  form {
    display: grid;
    gap: 16px;
    padding: 24px;
    border: 1px solid var(--line);
    border-radius: 10px;
    background: var(--surface);
  }
  .other {
    display: grid;
    gap: 8px;
    padding-top: 16px;
    border-top: 1px solid var(--line);
  }
  .other p {
    color: var(--ink-2);
    font-size: var(--size-12);
  }
`
