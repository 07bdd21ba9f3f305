import { css } from 'lit'

export const killStyles = css`
  h2:focus {
    outline: none;
  }
  h2 code {
    font-size: var(--size-16);
  }
  .failed {
    display: grid;
    justify-items: start;
    gap: 8px;
  }
  pre {
    width: 100%;
    margin: 0;
    padding: 10px;
    border: 1px solid var(--line);
    border-radius: 4px;
    background: var(--surface);
    font: 400 var(--size-12) / 1.5 var(--font-mono);
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  .sending {
    opacity: 0.6;
    cursor: progress;
  }
  @media (max-width: 720px) {
    .hint {
      display: none;
    }
    .row.apart .row {
      display: grid;
      grid-auto-flow: column;
      grid-auto-columns: 1fr;
      width: 100%;
    }
    .row wa-button {
      --wa-form-control-height: 48px;
    }
  }
`
