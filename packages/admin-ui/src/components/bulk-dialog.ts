import type WaDialog from '@awesome.me/webawesome/dist/components/dialog/dialog.js'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, query, state } from 'lit/decorators.js'
import type { BulkOutcome } from '../contract.ts'
import { base } from '../styles/base.styles.ts'
import { controls } from '../styles/controls.styles.ts'
import { dialogs } from '../styles/dialog.styles.ts'
import './reason-field.ts'
import type { ReasonField } from './reason-field.ts'

export type BulkAction = 'tag' | 'untag' | 'archive'

export interface BulkRequest {
  action: BulkAction
  flags: string[]
  /** Empty for an archive. */
  tags: string[]
  reason: string
}

/** What the service takes at a time. */
export const MOST_FLAGS = 500

/**
 * One change of many flags: which of them, what, and why; then what became of each.
 *
 * @fires apply - detail: BulkRequest
 */
@customElement('bulk-dialog')
export class BulkDialog extends LitElement {
  static override styles = [
    base,
    controls,
    dialogs,
    css`
      .list {
        max-height: 240px;
        padding: 4px 12px;
        border: 1px solid var(--line);
        border-radius: var(--radius);
        overflow: auto;
      }
      .list wa-checkbox,
      .list li {
        display: flex;
        align-items: center;
        gap: 8px;
        min-height: 32px;
        overflow-wrap: anywhere;
      }
      .list li {
        display: block;
        padding: 4px 0;
      }
      .actions {
        justify-content: flex-end;
      }
    `,
  ]

  @query('wa-dialog') private dialog!: WaDialog
  @query('form') private form!: HTMLFormElement
  @query('reason-field') private why!: ReasonField | null

  @state() private action: BulkAction = 'tag'
  @state() private keys: string[] = []
  @state() private left = new Set<string>()
  @state() private complaint = ''

  /** What became of each flag; null before anything was tried. */
  @property({ attribute: false }) outcomes: BulkOutcome[] | null = null

  @property() failure = ''

  @property({ type: Boolean }) saving = false

  /** Asks about these flags, every one of them chosen. The list stays as it is now while the dialog is open. */
  open(keys: string[]) {
    this.form?.reset()
    this.why?.clear()
    this.keys = keys
    this.left = new Set()
    this.action = 'tag'
    this.complaint = ''
    this.dialog.open = true
  }

  get #chosen(): string[] {
    return this.keys.filter((key) => !this.left.has(key))
  }

  #choose(key: string, chosen: boolean) {
    const left = new Set(this.left)
    if (chosen) left.delete(key)
    else left.add(key)
    this.left = left
  }

  #apply(event: SubmitEvent) {
    event.preventDefault()
    const data = new FormData(this.form)
    const text = (name: string) => String(data.get(name) ?? '').trim()
    const tags =
      this.action === 'archive'
        ? []
        : text('tags')
            .split(/[\s,]+/)
            .filter(Boolean)
    this.complaint = this.action !== 'archive' && tags.length === 0 ? 'Name at least one tag.' : ''
    if (this.complaint) return
    const reason = this.why?.read()
    if (reason === undefined) return
    const detail: BulkRequest = { action: this.action, flags: this.#chosen, tags, reason }
    this.dispatchEvent(new CustomEvent('apply', { detail }))
  }

  #leave(event: SubmitEvent) {
    event.preventDefault()
    this.dialog.open = false
  }

  override render() {
    const title = this.outcomes ? toldTitle(this.outcomes) : `Change ${flagCount(this.keys.length)}`
    return html`<wa-dialog without-header label=${title}>
      ${this.outcomes ? this.#told(this.outcomes) : this.#asked()}
    </wa-dialog>`
  }

  #asked() {
    const { action } = this
    const count = this.#chosen.length
    const trouble = this.complaint || this.failure
    return html`<form @submit=${this.#apply} novalidate>
      <h2>Change ${flagCount(this.keys.length)}</h2>
      <div class="field">
        <label for="action">What to do</label>
        <select
          id="action"
          class="input"
          autofocus
          @change=${(event: Event) => {
            this.action = (event.target as HTMLSelectElement).value as BulkAction
          }}
        >
          <option value="tag" ?selected=${action === 'tag'}>Add tags</option>
          <option value="untag" ?selected=${action === 'untag'}>Remove tags</option>
          <option value="archive" ?selected=${action === 'archive'}>Archive</option>
        </select>
      </div>
      ${
        action === 'archive'
          ? html`<p class="notice amber">
              An archived flag is gone from every environment: applications get the default that stands in their code.
              Its key is never used again.
            </p>`
          : html`<wa-input
            id="tags"
            name="tags"
            label="Tags"
            autocomplete="off"
            placeholder="checkout web"
          ></wa-input>`
      }
      <div class="field">
        <span class="label" id="which">Which (${count} chosen)</span>
        <div class="list" role="group" aria-labelledby="which">
          ${this.keys.map(
            (key) =>
              html`<wa-checkbox
                  .checked=${!this.left.has(key)}
                  @change=${(event: Event) => this.#choose(key, (event.target as HTMLInputElement).checked)}
                ><code>${key}</code></wa-checkbox>`,
          )}
        </div>
      </div>
      <reason-field everywhere .required=${action === 'archive' ? null : false}></reason-field>
      <div class="error" role="alert" ?hidden=${!trouble}>${trouble}</div>
      <div class="row actions">
        <wa-button appearance="outlined" data-dialog="close">Cancel</wa-button>
        <wa-button
          type="submit"
          appearance=${action === 'archive' ? 'outlined' : 'accent'}
          variant=${action === 'archive' ? 'danger' : 'brand'}
          ?disabled=${this.saving || count === 0}
        >
          ${this.saving ? 'Changing' : `${VERBS[action]} ${flagCount(count)}`}
        </wa-button>
      </div>
    </form>`
  }

  #told(outcomes: BulkOutcome[]) {
    const refused = outcomes.filter((outcome) => !outcome.ok)
    return html`<form @submit=${this.#leave}>
      <h2>${toldTitle(outcomes)}</h2>
      ${refused.length === 0 ? nothing : html`<p role="alert">${flagCount(refused.length)} stayed as before.</p>`}
      <ul class="list" tabindex="0" aria-label="What became of each">
        ${[...refused, ...outcomes.filter((outcome) => outcome.ok)].map(
          (outcome) =>
            html`<li>
              <code>${outcome.flag}</code> ${
                outcome.ok
                  ? html`<span class="muted">changed</span>`
                  : html`<strong>not changed.</strong> ${outcome.message}`
              }
            </li>`,
        )}
      </ul>
      <div class="row actions"><wa-button type="submit" appearance="outlined" autofocus>Close</wa-button></div>
    </form>`
  }
}

const VERBS: Record<BulkAction, string> = { tag: 'Tag', untag: 'Untag', archive: 'Archive' }

function toldTitle(outcomes: BulkOutcome[]): string {
  return `Changed ${outcomes.filter(({ ok }) => ok).length} of ${flagCount(outcomes.length)}`
}

function flagCount(count: number): string {
  return count === 1 ? '1 flag' : `${count} flags`
}

declare global {
  interface HTMLElementTagNameMap {
    'bulk-dialog': BulkDialog
  }
}
