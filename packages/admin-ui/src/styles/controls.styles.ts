import { css } from 'lit'

/** Buttons, fields, chips and notices. What Web Awesome's controls take as names stands in web-awesome.css; here is the rest. */
export const controls = css`
  button,
  input,
  select {
    font: inherit;
    color: inherit;
  }
  .button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 8px;
    min-height: 36px;
    padding: 0 14px;
    border: 1px solid var(--line-strong);
    border-radius: var(--radius);
    background: var(--surface);
    color: var(--ink);
    font-weight: 600;
    text-decoration: none;
    white-space: nowrap;
    cursor: pointer;
    transition: background var(--quick);
  }
  .button:not(:disabled):hover {
    background: var(--raised);
  }
  .button.accent {
    border-color: var(--accent);
    background: var(--accent);
    color: var(--accent-ink);
  }
  .button.accent:not(:disabled):hover {
    background: color-mix(in srgb, var(--accent) 88%, var(--ink));
  }
  .button.red {
    border-color: var(--red);
    color: var(--red);
  }
  .button.red:not(.solid, :disabled):hover {
    background: var(--red-soft);
  }
  .button.red.solid {
    border-color: var(--red-solid);
    background: var(--red-solid);
    color: #ffffff;
  }
  .button.quiet {
    border-color: transparent;
    background: transparent;
    color: var(--accent);
  }
  .button.small {
    min-height: 28px;
    padding: 0 10px;
    font-size: var(--size-12);
  }
  .button:disabled {
    border-color: var(--line);
    background: var(--raised);
    color: var(--ink-2);
    cursor: default;
  }
  .field {
    display: grid;
    gap: 4px;
  }
  .field > label,
  .field > .label {
    color: var(--ink-2);
    font-size: var(--size-12);
    font-weight: 500;
  }
  .field > .advice {
    color: var(--ink-2);
    font-size: var(--size-12);
  }
  .input {
    width: 100%;
    min-height: 36px;
    padding: 6px 10px;
    border: 1px solid var(--line-strong);
    border-radius: var(--radius);
    background: var(--surface);
  }
  .input::placeholder {
    color: var(--ink-2);
    opacity: 1;
  }
  .input[aria-invalid='true'] {
    border-color: var(--red);
  }
  select.input {
    appearance: none;
    padding-right: 28px;
    background-image:
      linear-gradient(45deg, transparent 50%, currentColor 50%), linear-gradient(-45deg, transparent 50%, currentColor 50%);
    background-position:
      right 14px center,
      right 9px center;
    background-size: 5px 5px;
    background-repeat: no-repeat;
  }
  wa-input,
  wa-textarea {
    width: 100%;
    min-width: 0;
  }
  /* The ring is drawn around what is written in. */
  :is(wa-input, wa-textarea, wa-checkbox):focus-visible {
    outline: none;
  }
  :is(wa-input, wa-textarea)::part(label) {
    margin-bottom: 4px;
    font: 500 var(--size-12) / 1.5 var(--font-text);
  }
  :is(wa-input, wa-textarea)::part(hint) {
    margin-top: 4px;
    font-family: var(--font-text);
  }
  .bare::part(label) {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  .number::part(input) {
    text-align: right;
  }
  :is(wa-input, wa-textarea)[wrong]::part(base) {
    border-color: var(--red);
  }
  wa-checkbox {
    min-height: 28px;
    vertical-align: middle;
  }
  wa-checkbox::part(base) {
    align-items: center;
    min-height: inherit;
  }
  .error {
    color: var(--red);
    font-size: var(--size-12);
  }
  .notice {
    padding: 10px 14px;
    border: 1px solid var(--line-strong);
    border-radius: var(--radius);
    background: var(--surface);
  }
  .notice.amber {
    border-color: var(--amber);
    background: var(--amber-soft);
  }
  .notice.red {
    border-color: var(--red);
    background: var(--red-soft);
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 12px;
  }
  .row.apart {
    justify-content: space-between;
  }
  kbd {
    padding: 1px 6px;
    border: 1px solid var(--line);
    border-radius: 4px;
    background: var(--raised);
    font-family: var(--font-mono);
    font-size: var(--size-12);
  }
  @media (pointer: coarse) {
    .button,
    .input {
      min-height: 44px;
    }
    .input {
      font-size: var(--size-16);
    }
    .button.small {
      min-height: 36px;
    }
    wa-checkbox {
      min-height: 44px;
    }
  }
`
