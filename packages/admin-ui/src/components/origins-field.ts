import { html } from 'lit'
import { told } from '../controls/told.ts'

/** The field for the pages that may use a client key; `trouble` is the id of what says what is wrong with it. */
export function originsField(trouble: string) {
  return html`<div class="field">
    <wa-textarea
      id="origins"
      label="Origins of the pages that may use it"
      class="mono"
      name="origins"
      rows="3"
      spellcheck="false"
      autocapitalize="off"
      placeholder="https://shop.example"
      ${told(`origins-advice ${trouble}`)}
    ></wa-textarea>
    <span class="advice" id="origins-advice"
      >One a line: <code>https://shop.example</code>, or <code>https://*.shop.example</code> for all that is one label below. Empty
      for pages of any origin. It keeps other people’s pages out; it is no secret and no sign-in.</span
    >
  </div>`
}
