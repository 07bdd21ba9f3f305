import { css } from 'lit'

export const ruleStyles = css`
  .rule {
    display: grid;
    gap: 8px;
    padding: 12px;
    border: 1px solid var(--line);
    border-radius: var(--radius);
  }
  .head {
    display: flex;
    align-items: center;
    gap: 8px;
  }
  .head .input {
    flex: 1;
    min-width: 0;
    border-color: var(--line);
  }
  .place {
    font-weight: 650;
    font-variant-numeric: tabular-nums;
  }
  .condition {
    display: grid;
    grid-template-columns: 56px minmax(100px, 1fr) minmax(120px, 1fr) minmax(120px, 2fr) auto;
    align-items: center;
    gap: 8px;
  }
  .whole {
    grid-column: 2 / 5;
  }
  .joint {
    color: var(--ink-2);
  }
  .serve {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px;
  }
  .serve .joint {
    width: 56px;
  }
  .serve select.input {
    width: auto;
  }
  .exact {
    display: flex;
    align-items: center;
    gap: 6px;
  }
  .exact .input {
    width: 88px;
    text-align: right;
  }
  @media (max-width: 720px) {
    .condition {
      grid-template-columns: minmax(0, 1fr) auto;
    }
    .condition .joint,
    .serve .joint {
      grid-column: 1 / -1;
      width: 100%;
    }
    .condition .input,
    .whole {
      grid-column: 1;
    }
    .condition .button {
      grid-column: 2;
      grid-row: 2;
    }
  }
`
