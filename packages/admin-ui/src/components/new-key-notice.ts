import { css, html, LitElement } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { NewSdkKey } from '../contract.ts'
import { copyText } from '../state/copy-text.ts'
import { base } from '../styles/base.styles.ts'
import { controls } from '../styles/controls.styles.ts'

/** A key in the one moment in which it can be read, with the lines that put it to use. */
@customElement('new-key-notice')
export class NewKeyNotice extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      .notice {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 12px;
        margin-bottom: 16px;
        border-color: var(--accent);
      }
      .key {
        overflow-wrap: anywhere;
        user-select: all;
      }
      pre {
        margin: 0;
        padding: 12px;
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--page);
        font: 400 var(--size-12) / 1.6 var(--font-mono);
        font-variant-ligatures: none;
        overflow-x: auto;
      }
    `,
  ]

  @property({ attribute: false }) created!: NewSdkKey

  @state() private copied: 'key' | 'code' | null = null

  async #copy(what: 'key' | 'code') {
    if (await copyText(what === 'key' ? this.created.key : this.#code)) this.copied = what
  }

  get #code(): string {
    return this.created.kind === 'server' ? serverCode() : pageCode(this.created.key)
  }

  override render() {
    const { created } = this
    return html`<div class="notice">
      <p>
        <strong>This key is shown once.</strong>
        ${created.kind === 'server' ? html`Put it where <span class="mono">${created.name}</span> keeps its secrets.` : 'It is public: it may stand in a page.'}
      </p>
      <div class="row">
        <code class="key">${created.key}</code>
        <wa-button
          appearance="outlined"
          size="s"
          @click=${() => this.#copy('key')}
        >${this.copied === 'key' ? 'Copied' : 'Copy the key'}</wa-button>
      </div>
      <pre tabindex="0" role="region" aria-label="Code that uses the key">${this.#code}</pre>
      <div><wa-button
        appearance="outlined"
        size="s"
        @click=${() => this.#copy('code')}
      >${this.copied === 'code' ? 'Copied' : 'Copy the code'}</wa-button></div>
    </div>`
  }
}

function serverCode(): string {
  return `import { createClient } from '@rampart/sdk'

const flags = createClient({
  url: '${location.origin}',
  sdkKey: process.env.RAMPART_SDK_KEY,
})
await flags.ready({ timeoutMs: 1000 })

export function checkout(userId) {
  // In memory, never throws; false when nothing is known.
  if (flags.isEnabled('new-checkout', userId)) {
    return 'the new way'
  }
  return 'the old way'
}`
}

/** The key stands in it: it is public, and reads only values of flags that are made visible to clients. */
function pageCode(clientKey: string): string {
  return `import { createBrowserClient } from '@rampart/sdk/browser'

const flags = createBrowserClient({
  url: '${location.origin}',
  clientKey: '${clientKey}',
  context: { targetingKey: user.id },
})
// Values of the flags that are visible to clients, live.
if (flags.isEnabled('new-checkout')) showNewCheckout()`
}

declare global {
  interface HTMLElementTagNameMap {
    'new-key-notice': NewKeyNotice
  }
}
