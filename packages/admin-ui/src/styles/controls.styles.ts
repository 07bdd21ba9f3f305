import { css } from 'lit'

/** Buttons, fields, chips and notices. What Web Awesome's controls take as names stands in web-awesome.css; here is the rest. */
export const controls = css`
  button,
  input,
  select {
    font: inherit;
    color: inherit;
  }
  wa-button {
    --wa-form-control-padding-inline: 14px;
  }
  wa-button[size='s'] {
    --wa-form-control-height: 28px;
    --wa-form-control-padding-inline: 10px;
  }
  wa-button[appearance='outlined']:not(:hover)::part(base) {
    background: var(--surface);
  }
  wa-button[disabled] {
    opacity: 1;
    cursor: default;
  }
  wa-button[disabled]::part(base) {
    border-color: var(--line);
    background: var(--raised);
    color: var(--ink-2);
  }
  wa-button kbd {
    margin-left: 4px;
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
  /* The ring is drawn inside, around what is pressed or written in. */
  :is(wa-button, wa-input, wa-textarea, wa-checkbox):focus-visible {
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
    .input {
      min-height: 44px;
      font-size: var(--size-16);
    }
    wa-button[size='s'] {
      --wa-form-control-height: 36px;
    }
    wa-checkbox {
      min-height: 44px;
    }
  }
`
