import { css } from 'lit'

/** A line down the left with a sign for each item: red for kills, the accent for shares, squares for deploys. */
export const changeListStyles = css`
  li {
    border-radius: var(--radius);
  }
  li:focus {
    outline: none;
    background: var(--accent-soft);
  }
  h3 {
    padding: 16px 0 4px 28px;
    color: var(--ink-2);
    font-size: var(--size-12);
  }
  li:first-child h3 {
    padding-top: 0;
  }
  .item {
    position: relative;
    display: grid;
    grid-template-columns: 52px minmax(0, 1fr) auto;
    align-items: start;
    padding-left: 28px;
  }
  .item::before {
    position: absolute;
    inset: 0 auto 0 7px;
    width: 2px;
    background: var(--line);
    content: '';
  }
  .item::after {
    position: absolute;
    top: 15px;
    left: 3px;
    width: 10px;
    height: 10px;
    border-radius: 50%;
    background: currentColor;
    content: '';
  }
  .item.square::after {
    border-radius: 0;
  }
  .item.ring::after {
    width: 8px;
    height: 8px;
    border: 2px solid currentColor;
    background: var(--surface);
    box-sizing: content-box;
    top: 14px;
    left: 2px;
  }
  .item.red {
    color: var(--red);
  }
  .item.accent {
    color: var(--accent);
  }
  .item.amber {
    color: var(--amber);
  }
  .item.muted {
    color: var(--ink-2);
  }
  time {
    padding-top: 10px;
    color: var(--ink-2);
  }
  .what,
  .undo {
    min-height: 100%;
    padding: 10px 0;
    border-bottom: 1px solid var(--line);
    color: var(--ink);
  }
  li:last-child .what,
  li:last-child .undo {
    border-bottom: 0;
  }
  .what p {
    overflow-wrap: anywhere;
  }
  .more {
    color: var(--ink-2);
  }
  .flag {
    color: inherit;
    text-decoration: none;
  }
  .flag:hover {
    color: var(--accent);
    text-decoration: underline;
  }
  .quiet {
    padding: 0;
    border: 0;
    background: none;
    color: var(--ink-2);
    font-size: var(--size-12);
    cursor: pointer;
  }
  .quiet:hover {
    color: var(--accent);
  }
  step-list {
    padding: 8px 16px 0 0;
  }
  .undo {
    display: grid;
    align-items: start;
    justify-items: end;
    min-width: 96px;
    white-space: nowrap;
  }
  .undo.muted {
    padding-top: 12px;
    color: var(--ink-2);
  }
  .undo wa-button {
    margin: -3px 0;
    --wa-form-control-padding-inline: 0px;
  }
  @media (max-width: 720px) {
    .item {
      grid-template-columns: 46px minmax(0, 1fr);
      padding-left: 22px;
    }
    .undo {
      grid-column: 2;
      justify-items: start;
      padding-top: 0;
    }
    .undo:empty {
      display: none;
    }
    .undo.muted {
      padding-top: 0;
    }
    .what:has(+ .undo:not(:empty)) {
      border-bottom: 0;
      padding-bottom: 4px;
    }
    .quiet {
      min-height: 32px;
    }
    .undo wa-button {
      margin: 4px 0 0;
      --wa-form-control-padding-inline: 14px;
    }
    .undo wa-button::part(base) {
      border-color: var(--line-strong);
    }
  }
`
