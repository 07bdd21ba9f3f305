import type WaDialog from '@awesome.me/webawesome/dist/components/dialog/dialog.js'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, query } from 'lit/decorators.js'
import type { VersionComparison, Versions } from '../contract.ts'
import { Rights } from '../state/rights.ts'
import { base } from '../styles/base.styles.ts'
import { controls } from '../styles/controls.styles.ts'
import { dialogs } from '../styles/dialog.styles.ts'
import { shortSentence } from '../words/changes.ts'
import { dayAndClock } from '../words/times.ts'
import './reason-field.ts'
import type { ReasonField } from './reason-field.ts'
import './step-list.ts'

/**
 * Two versions side by side, and the way back to one of them with its difference before.
 *
 * @fires choose - detail: {from, to}
 * @fires restore - detail: {version, reason}
 */
@customElement('version-dialog')
export class VersionDialog extends LitElement {
  static override styles = [
    base,
    controls,
    dialogs,
    css`
      wa-dialog {
        --width: min(720px, calc(100vw - 32px));
      }
      .two {
        display: grid;
        grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
        gap: 12px;
      }
    `,
  ]

  @query('wa-dialog') private dialog!: WaDialog
  @query('reason-field') private reason!: ReasonField | null

  #rights = new Rights(this)

  @property({ attribute: false }) versions: Versions | null = null

  @property({ type: Number }) from = 0

  @property({ type: Number }) to = 0

  /** Null while it is being asked for. */
  @property({ attribute: false }) comparison: VersionComparison | null = null

  @property({ type: Boolean }) approvalRequired = false

  @property() flagKey = ''

  @property() environment = ''

  @property({ type: Boolean }) saving = false

  @property() failure = ''

  async open() {
    await this.updateComplete
    this.dialog.open = true
  }

  close() {
    this.dialog.open = false
  }

  #choose(part: { from?: number; to?: number }) {
    this.dispatchEvent(new CustomEvent('choose', { detail: { from: this.from, to: this.to, ...part } }))
  }

  #restore(event: SubmitEvent) {
    event.preventDefault()
    const reason = this.reason?.read()
    if (reason === undefined || this.saving) return
    this.dispatchEvent(new CustomEvent('restore', { detail: { version: this.to, reason } }))
  }

  override render() {
    return html`<wa-dialog without-header label="Compare versions">
      <form @submit=${this.#restore} novalidate>
        <h2>Compare versions</h2>
        <div class="two">
          ${this.#select('This version', this.from, (from) => this.#choose({ from }))}
          ${this.#select('beside this one', this.to, (to) => this.#choose({ to }))}
        </div>
        ${
          this.comparison
            ? html`<step-list
              .steps=${this.comparison.difference}
              left=${this.#name(this.from)}
              right=${this.#name(this.to)}
            ></step-list>`
            : html`<p class="muted" aria-busy="true">Comparing</p>`
        }
        ${this.failure ? html`<p class="notice red" role="alert">${this.failure}</p>` : nothing}
        ${this.#way()}
      </form>
    </wa-dialog>`
  }

  #name(version: number): string {
    return version === this.versions?.current ? `Version ${version}, now` : `Version ${version}`
  }

  #select(label: string, value: number, choose: (version: number) => void) {
    return html`<div class="field">
      <label for=${label}>${label}</label>
      <select
        id=${label}
        class="input"
        @change=${(event: Event) => choose(Number((event.target as HTMLSelectElement).value))}
      >
        ${(this.versions?.versions ?? []).map(
          ({ version, at, by, sentence }) =>
            html`<option value=${version} ?selected=${version === value}>
              ${this.#name(version)} · ${by ?? ''} ${shortSentence(sentence, this.flagKey, this.environment)}${at ? ` · ${dayAndClock(Date.parse(at))}` : ''}
            </option>`,
        )}
      </select>
    </div>`
  }

  // To restore is to go from what is served now to an earlier version: only then is the difference the one on screen.
  #way() {
    const current = this.versions?.current
    const same = this.comparison?.difference.length === 0
    const refused = !this.#rights.has('flags:write')
    if (refused || current === undefined || this.from !== current || this.to === current || same) {
      return html`<div class="row apart">
        <span class="muted small">
          ${
            this.to === current && this.from !== current && this.#rights.has('flags:write')
              ? html`<wa-button
                appearance="outlined"
                size="s"
                @click=${() => this.#choose({ from: this.to, to: this.from })}
              >
                Restore version ${this.from} …
              </wa-button>`
              : nothing
          }
        </span>
        <wa-button appearance="outlined" autofocus @click=${() => this.close()}>Close</wa-button>
      </div>`
    }
    return html`<p>
        This will <strong>${this.comparison?.will ?? '…'}</strong>, as a new version.
        ${this.approvalRequired ? 'A second person may have to approve it first.' : nothing} Whether the flag is killed stays as it is.
      </p>
      <reason-field autofocus></reason-field>
      <div class="row apart">
        <wa-button appearance="outlined" @click=${() => this.close()}>Leave it</wa-button>
        <wa-button
          type="submit"
          variant="brand"
          ?disabled=${this.saving || !this.comparison}
        >Restore version ${this.to}</wa-button>
      </div>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'version-dialog': VersionDialog
  }
}
