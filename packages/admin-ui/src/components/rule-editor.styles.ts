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
  .head wa-input {
    flex: 1;
    --wa-form-control-border-color: var(--line);
  }
  .grip {
    display: grid;
    place-items: center;
    width: 24px;
    min-height: 32px;
    color: var(--ink-2);
    cursor: grab;
    touch-action: none;
    user-select: none;
  }
  :host([held]) .rule {
    border-color: var(--accent);
    background: var(--accent-soft);
  }
  :host([held]) .grip {
    cursor: grabbing;
  }
  .place {
    font-weight: 650;
    font-variant-numeric: tabular-nums;
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
  .exact wa-input {
    width: 88px;
  }
  @media (pointer: coarse) {
    .grip {
      width: 36px;
      min-height: 44px;
    }
  }
  @media (max-width: 720px) {
    .serve .joint {
      width: 100%;
    }
  }
`
