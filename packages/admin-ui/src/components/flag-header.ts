import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { Configuration, Flag } from '../contract.ts'
import { copyText } from '../state/copy-text.ts'
import { Rights } from '../state/rights.ts'
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
        --wa-color-neutral-on-quiet: var(--ink-2);
        --wa-font-weight-action: 500;
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
      .limits {
        margin: 4px 0 8px;
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
          grid-auto-columns: 1fr;
          grid-auto-flow: column;
          padding: 10px 12px;
          border-top: 1px solid var(--line);
          background: var(--surface);
        }
        .actions wa-button {
          --wa-form-control-height: 48px;
          font-size: var(--size-16);
        }
        .actions .kill:not([disabled])::part(base) {
          border-color: var(--red-solid);
          background: var(--red-solid);
          color: #ffffff;
        }
        .actions wa-button[variant='brand']::part(base) {
          border-color: var(--line-strong);
          background: var(--surface);
          color: var(--ink);
        }
      }
    `,
  ]

  #rights = new Rights(this)

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

  #maySteer(): boolean {
    return this.#rights.has('ramps:write') || (this.configuration.ramp !== null && this.#rights.has('ramps:stop'))
  }

  /** What is not theirs to do is said before anybody looks for the button. */
  #limits() {
    const refusal = this.#rights.refusal('flags:write')
    if (!refusal) return nothing
    const may = this.#rights.has('flags:kill')
      ? `You can look, and kill or restore it${this.configuration.ramp === null ? '' : ', pause its ramp or roll it back'}.`
      : 'You can look.'
    return html`<p class="notice limits">${may} To change what it serves in ${this.environment}: ${refusal}</p>`
  }

  override render() {
    const { flag, configuration } = this
    const { killed } = configuration.kill
    // Each by itself: a name that turns the direction of writing must not turn what stands behind it.
    const about = [flag.name, flag.owner && `owner ${flag.owner}`, `${flag.kind} flag`].filter(Boolean)
    return html`<div class="bar">
        <h1>${flag.key}</h1>
        <wa-button
          class="copy"
          appearance="plain"
          size="s"
          @click=${this.#copy}
        ><span aria-hidden="true">${this.copied ? 'Copied' : 'Copy'}</span><span class="spoken">Copy the key</span></wa-button>
        ${
          this.#rights.has('flags:write')
            ? html`<wa-button
              class="copy"
              appearance="plain"
              size="s"
              @click=${() => this.dispatchEvent(new Event('qa-link'))}
            >QA link</wa-button>`
            : nothing
        }
        <state-badge .state=${configuration.state}></state-badge>
        <span class="about">${about.map((part, index) => html`${index > 0 ? ' · ' : ''}<bdi>${part}</bdi>`)}</span>
        <div class="actions">
          ${
            this.#maySteer()
              ? html`<wa-button variant="brand" @click=${() => this.dispatchEvent(new Event('ramp'))}>Ramp</wa-button>`
              : nothing
          }
          <wa-button
            class=${killed ? '' : 'kill'}
            appearance="outlined"
            variant=${killed ? 'neutral' : 'danger'}
            ?disabled=${!this.#rights.has('flags:kill')}
            @click=${() => this.dispatchEvent(new Event('kill'))}
          >
            ${killed ? 'Restore' : 'Kill'}
          </wa-button>
        </div>
      </div>
      ${this.#limits()}
      <p class="state ${killed ? 'killed' : ''}">${sentence(stateSentence(configuration, this.environment, this.now))}</p>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'flag-header': FlagHeader
  }
}
