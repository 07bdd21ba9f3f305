import { css } from 'lit'

/** Cards of settings below each other, with forms that stand in one line where there is room. */
export const settings = css`
  :host {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 16px;
  }
  .line {
    display: flex;
    flex-wrap: wrap;
    align-items: end;
    gap: 12px;
    margin-bottom: 16px;
  }
  .line :is(.field, wa-input) {
    flex: 1 1 180px;
    max-width: 320px;
  }
  .notice.red {
    margin-bottom: 16px;
  }
  @media (max-width: 720px) {
    .line > :is(.field, wa-input, rights-fields) {
      flex-basis: 100%;
      max-width: none;
    }
    .line wa-button {
      margin-top: 0;
    }
  }
`
