import { css } from 'lit'

/** A header that always names the environment, a rail beside the page, and on a phone a bar below it. */
export const shell = css`
  :host {
    display: grid;
    grid-template: var(--header) 1fr / 148px minmax(0, 1fr);
    min-height: 100dvh;
  }
  .start {
    grid-column: 1 / -1;
    width: min(560px, calc(100% - 32px));
    margin: 15dvh auto;
  }
  sign-in-page,
  join-page {
    grid-column: 1 / -1;
    grid-row: 1 / -1;
  }
  dialog.again {
    width: 100vw;
    max-width: none;
    height: 100dvh;
    max-height: none;
    padding: 0;
    border: 0;
    background: var(--page);
    color: var(--ink);
  }
  .skip {
    position: fixed;
    z-index: 3;
    top: -60px;
    left: 16px;
  }
  .skip:focus {
    top: 8px;
  }
  header {
    position: sticky;
    z-index: 2;
    top: 0;
    grid-column: 1 / -1;
    display: flex;
    align-items: center;
    gap: 12px;
    height: var(--header);
    padding: 0 20px;
    border-bottom: 1px solid var(--line);
    background: var(--surface);
  }
  header.production {
    border-bottom: 2px solid var(--accent);
  }
  .brand {
    display: flex;
    align-items: center;
    gap: 8px;
    margin-right: 4px;
    color: var(--ink);
    font-weight: 700;
    text-decoration: none;
  }
  .brand svg {
    width: 18px;
    color: var(--accent);
  }
  header select.input {
    width: auto;
    min-height: 32px;
    padding-block: 4px;
    border-color: var(--line);
    font-weight: 600;
    text-overflow: ellipsis;
  }
  .production select.environment {
    border-color: var(--accent);
    color: var(--accent);
  }
  /* Looks like a field and opens one; its neighbour opens a popover, which only a button of the browser can. */
  .jump,
  .me {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 8px;
    padding: 0 14px;
    border: 1px solid var(--line);
    border-radius: var(--radius);
    background: var(--surface);
    cursor: pointer;
  }
  :is(.jump, .me):hover {
    background: var(--raised);
  }
  .jump {
    justify-content: space-between;
    width: min(420px, 30vw);
    min-height: 32px;
    color: var(--ink-2);
  }
  .space {
    flex: 1;
  }
  .live {
    display: inline-flex;
    align-items: center;
    gap: 8px;
    color: var(--ink-2);
    font-size: var(--size-12);
  }
  .live::before {
    width: 8px;
    height: 8px;
    border-radius: 50%;
    background: var(--green);
    content: '';
  }
  .live.lost {
    color: var(--amber);
    font-weight: 600;
  }
  .live.lost::before {
    border: 2px solid var(--amber);
    background: none;
  }
  .me {
    max-width: 180px;
    min-height: 32px;
    border-color: transparent;
    font-weight: 600;
  }
  /* Drawn and not written: the button's name says the whole. */
  .initials {
    display: none;
  }
  .initials::before {
    content: attr(data-initials);
  }
  .me .name {
    overflow: hidden;
    text-overflow: ellipsis;
  }
  #me {
    position: fixed;
    inset: calc(var(--header) + 4px) 16px auto auto;
    width: 240px;
    padding: 16px;
    border: 1px solid var(--line);
    border-radius: var(--radius);
    background: var(--surface);
    color: var(--ink);
  }
  #me theme-switch {
    margin: 12px 0;
  }
  #me wa-button {
    width: 100%;
    margin-top: 8px;
  }
  nav {
    border-right: 1px solid var(--line);
  }
  nav div {
    position: sticky;
    top: var(--header);
    display: grid;
    gap: 2px;
    padding: 16px 10px;
  }
  nav a {
    padding: 6px 10px;
    border: 1px solid transparent;
    border-radius: var(--radius);
    color: var(--ink-2);
    font-weight: 500;
    text-decoration: none;
  }
  nav a:hover {
    color: var(--ink);
  }
  nav a[aria-current] {
    border-color: var(--line);
    background: var(--surface);
    color: var(--ink);
  }
  main {
    grid-column: 2;
    width: min(1240px, 100%);
    padding: 24px 28px 64px;
  }
  main:focus {
    outline: none;
  }
  .lost-notice {
    margin-bottom: 16px;
  }
  @media (max-width: 720px) {
    :host {
      grid-template-columns: minmax(0, 1fr);
    }
    header {
      gap: 8px;
      padding: 0 12px;
    }
    .brand span,
    .live:not(.lost) span,
    .me .name,
    .me .more,
    .jump kbd,
    .project.only {
      display: none;
    }
    header select.input {
      min-width: 0;
      min-height: 40px;
      padding: 4px 22px 4px 8px;
      background-position:
        right 10px center,
        right 5px center;
      field-sizing: content;
    }
    /* The environment is read whole; the project gives way. */
    header select.environment {
      flex-shrink: 0;
      max-width: 40vw;
    }
    .brand {
      flex-shrink: 0;
      margin-right: 0;
    }
    .initials {
      display: block;
    }
    .jump {
      flex-shrink: 0;
      justify-content: center;
      width: 40px;
      min-height: 40px;
      padding: 0;
      overflow: hidden;
    }
    .jump span {
      position: absolute;
      clip-path: inset(50%);
    }
    .jump::before {
      content: '⌕' / '';
      font-size: var(--size-20);
    }
    .me {
      flex-shrink: 0;
      min-width: 40px;
      padding: 0 4px;
    }
    nav {
      position: fixed;
      z-index: 2;
      inset: auto 0 0 0;
      border-top: 1px solid var(--line);
      border-right: 0;
      background: var(--surface);
    }
    nav div {
      position: static;
      grid-auto-flow: column;
      grid-auto-columns: 1fr;
      height: 55px;
      padding: 6px 12px;
    }
    nav a {
      display: grid;
      place-items: center;
    }
    /* Five fit a thumb; segments are edited at a desk, and Ctrl K finds them. */
    nav a.segments {
      display: none;
    }
    nav a[aria-current] {
      border-color: transparent;
      color: var(--accent);
    }
    main {
      grid-column: 1;
      padding: 16px 12px 144px;
    }
  }
`
