import { css } from 'lit'

/** A list of things with a name, some facts and buttons: one line each, on a phone a few. */
export const rows = css`
  li {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 8px 16px;
    padding: 10px 0;
    border-top: 1px solid var(--line);
  }
  li .what {
    display: grid;
    flex: 1 1 260px;
    gap: 2px;
    min-width: 0;
    overflow-wrap: anywhere;
  }
  li .facts {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 12px;
    color: var(--ink-2);
    font-size: var(--size-12);
  }
  li .amber {
    color: var(--amber);
    font-weight: 600;
  }
  .actions {
    justify-content: flex-end;
  }
`
