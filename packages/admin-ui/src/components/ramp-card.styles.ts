import { css } from 'lit'

export const rampStyles = css`
  h2 .muted {
    font-weight: 400;
  }
  ramp-track {
    margin: 4px 0 20px;
  }
  form {
    display: grid;
    gap: 16px;
    padding-top: 16px;
    border-top: 1px solid var(--line);
  }
  .fields {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto;
    align-items: center;
    gap: 4px 20px;
  }
  .fields .error {
    grid-column: 1 / -1;
    justify-self: end;
  }
  .exact {
    display: flex;
    align-items: center;
    gap: 6px;
  }
  .exact wa-input {
    width: 96px;
    --wa-form-control-value-font-weight: 600;
  }
  input[type='range'] {
    width: 100%;
    height: 28px;
    margin: 0;
    appearance: none;
    background: none;
    cursor: pointer;
  }
  input[type='range']::-webkit-slider-runnable-track {
    height: 4px;
    border-radius: 2px;
    background: linear-gradient(to right, var(--accent) var(--filled), var(--line) var(--filled));
  }
  input[type='range']::-moz-range-track {
    height: 4px;
    border-radius: 2px;
    background: linear-gradient(to right, var(--accent) var(--filled), var(--line) var(--filled));
  }
  input[type='range']::-webkit-slider-thumb {
    width: 20px;
    height: 20px;
    margin-top: -8px;
    appearance: none;
    border: 3px solid var(--surface);
    border-radius: 50%;
    background: var(--accent);
    outline: 1px solid var(--accent);
  }
  input[type='range']::-moz-range-thumb {
    width: 16px;
    height: 16px;
    border: 3px solid var(--surface);
    border-radius: 50%;
    background: var(--accent);
    outline: 1px solid var(--accent);
  }
  .words {
    display: grid;
    gap: 4px;
  }
  .share {
    font-size: var(--size-16);
  }
  .save {
    display: flex;
    align-items: start;
    gap: 12px;
  }
  id-preview {
    margin-top: 16px;
    padding-top: 12px;
    border-top: 1px solid var(--line);
  }
  @media (max-width: 720px) {
    .save {
      flex-wrap: wrap;
    }
    .save reason-field {
      flex-basis: 100%;
    }
    .save wa-button {
      flex: 1;
      --wa-form-control-height: 48px;
    }
    input[type='range'] {
      height: 44px;
    }
  }
`
