import { css } from 'lit'

export const changesStyles = css`
  .stack {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 16px;
  }
  .axis {
    padding-bottom: 12px;
  }
  .card > wa-button {
    margin-top: 16px;
  }
  @media (max-width: 720px) {
    .axis {
      padding: 8px 12px;
    }
  }
`
