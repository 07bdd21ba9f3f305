import { css } from 'lit'

export const flagStyles = css`
  .cards {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 16px;
  }
`
