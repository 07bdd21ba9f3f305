import { svg, html } from 'lit'

/** Steps that only go up: the mark of Rampart, in the current colour. */
export const brand = html`<svg viewBox="0 0 16 16" aria-hidden="true">
  ${svg`<path fill="currentColor" d="M0 12h4V8.5h4V4.5h4V0h4v16H0z"></path>`}
</svg>`
