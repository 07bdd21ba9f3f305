import { css, html, LitElement } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { Configuration, Flag } from '../contract.ts'
import { copyText } from '../state/copy-text.ts'
import { base } from '../styles/base.styles.ts'
import { controls } from '../styles/controls.styles.ts'
import { stateSentence } from '../words/sentences.ts'
import { sentence } from './sentence.ts'
import './state-badge.ts'

/**
 * What the flag does in one sentence, and what one may want to do with it at once.
 *
 * @fires ramp
 * @fires qa-link
 * @fires kill
 */
@customElement('flag-header')
export class FlagHeader extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      :host {
        display: contents;
      }
      .bar {
        position: sticky;
        z-index: 1;
        top: var(--header);
        display: flex;
        align-items: center;
        gap: 12px;
        margin: -12px -28px 0;
        padding: 12px 28px 8px;
        background: var(--page);
      }
      h1 {
        min-width: 0;
        font-family: var(--font-mono);
        font-weight: 600;
        overflow-wrap: anywhere;
      }
      .copy {
        border-color: transparent;
        background: none;
        color: var(--ink-2);
        font-weight: 500;
      }
      .about {
        flex: 1;
        min-width: 0;
        overflow: hidden;
        color: var(--ink-2);
        font-size: var(--size-12);
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .actions {
        display: flex;
        gap: 12px;
        margin-left: auto;
      }
      .state {
        margin: 4px 0 20px;
        font-size: var(--size-16);
      }
      .killed {
        padding: 12px 16px;
        border: 1px solid var(--red);
        border-radius: var(--radius);
        background: var(--red-soft);
      }
      @media (max-width: 960px) {
        .about {
          display: none;
        }
      }
      @media (max-width: 720px) {
        .bar {
          position: static;
          margin: 0;
          padding: 0 0 8px;
        }
        .copy {
          display: none;
        }
        .actions {
          position: fixed;
          z-index: 2;
          inset: auto 0 56px 0;
          display: grid;
          grid-template-columns: 1fr 1fr;
          padding: 10px 12px;
          border-top: 1px solid var(--line);
          background: var(--surface);
        }
        .actions .button {
          min-height: 48px;
          font-size: var(--size-16);
        }
        .actions .kill {
          border-color: var(--red-solid);
          background: var(--red-solid);
          color: #ffffff;
        }
        .actions .accent {
          border-color: var(--line-strong);
          background: var(--surface);
          color: var(--ink);
        }
      }
    `,
  ]

  @property({ attribute: false }) flag!: Flag

  @property({ attribute: false }) configuration!: Configuration

  @property() environment = ''

  @property({ type: Number }) now = 0

  @state() private copied = false

  async #copy() {
    this.copied = await copyText(this.flag.key)
    setTimeout(() => {
      this.copied = false
    }, 1500)
  }

  override render() {
    const { flag, configuration } = this
    const { killed } = configuration.kill
    // Each by itself: a name that turns the direction of writing must not turn what stands behind it.
    const about = [flag.name, flag.owner && `owner ${flag.owner}`, `${flag.kind} flag`].filter(Boolean)
    return html`<div class="bar">
        <h1>${flag.key}</h1>
        <button class="button small copy" aria-label="Copy the key" @click=${this.#copy}>
          ${this.copied ? 'Copied' : 'Copy'}
        </button>
        <button class="button small copy" @click=${() => this.dispatchEvent(new Event('qa-link'))}>QA link</button>
        <state-badge .state=${configuration.state}></state-badge>
        <span class="about">${about.map((part, index) => html`${index > 0 ? ' · ' : ''}<bdi>${part}</bdi>`)}</span>
        <div class="actions">
          <button class="button accent" @click=${() => this.dispatchEvent(new Event('ramp'))}>Ramp</button>
          ${
            killed
              ? html`<button class="button" @click=${() => this.dispatchEvent(new Event('kill'))}>Restore</button>`
              : html`<button class="button red kill" @click=${() => this.dispatchEvent(new Event('kill'))}>Kill</button>`
          }
        </div>
      </div>
      <p class="state ${killed ? 'killed' : ''}">${sentence(stateSentence(configuration, this.environment, this.now))}</p>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'flag-header': FlagHeader
  }
}
