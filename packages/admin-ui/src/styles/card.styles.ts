import { css } from 'lit'

/** A page is one column of cards, in the order of use. */
export const card = css`
  .card {
    padding: 20px;
    border: 1px solid var(--line);
    border-radius: var(--radius);
    background: var(--surface);
  }
  .card > header {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 8px 16px;
    margin-bottom: 16px;
  }
  @media (max-width: 720px) {
    .card {
      padding: 16px;
    }
  }
`
