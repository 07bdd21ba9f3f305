import type WaDialog from '@awesome.me/webawesome/dist/components/dialog/dialog.js'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, query, state } from 'lit/decorators.js'
import type { FlagType } from '@rampart/evaluation'
import type { FlagKind, NewFlag } from '../contract.ts'
import { told } from '../controls/told.ts'
import { parseVariants } from '../state/variants.ts'
import { Rights } from '../state/rights.ts'
import { base } from '../styles/base.styles.ts'
import { controls } from '../styles/controls.styles.ts'
import { dialogs } from '../styles/dialog.styles.ts'

/**
 * Asks for a new flag. It says what will be true afterwards: off everywhere, so creating one harms nobody.
 *
 * @fires create - detail: NewFlag
 */
@customElement('new-flag-dialog')
export class NewFlagDialog extends LitElement {
  static override styles = [
    base,
    controls,
    dialogs,
    css`
      .pair {
        display: grid;
        grid-template-columns: 1fr 1fr;
        gap: 12px;
      }
      .actions {
        justify-content: flex-end;
      }
    `,
  ]

  @query('wa-dialog') private dialog!: WaDialog
  @query('form') private form!: HTMLFormElement
  @state() private type: FlagType = 'boolean'
  @state() private complaint = ''

  #rights = new Rights(this)

  /** The service's refusal, as a sentence. */
  @property() failure = ''

  @property({ type: Boolean }) saving = false

  open() {
    this.form.reset()
    this.type = 'boolean'
    this.complaint = ''
    this.failure = ''
    this.dialog.open = true
  }

  close() {
    this.dialog.open = false
  }

  #create(event: SubmitEvent) {
    event.preventDefault()
    const data = new FormData(this.form)
    const text = (name: string) => String(data.get(name) ?? '').trim()
    const flag: NewFlag = { key: text('key'), type: this.type, kind: text('kind') as FlagKind }
    for (const name of ['name', 'description', 'owner'] as const) if (text(name)) flag[name] = text(name)
    const tags = text('tags')
      .split(/[\s,]+/)
      .filter(Boolean)
    if (tags.length > 0) flag.tags = tags
    this.complaint = flag.key ? '' : 'A flag needs a key: it is what the code asks for.'
    if (this.type !== 'boolean') {
      const parsed = parseVariants(text('variants'), this.type)
      if ('complaint' in parsed) this.complaint ||= parsed.complaint
      else {
        flag.variants = parsed.variants
        flag.offVariant = parsed.variants[0]?.name ?? ''
      }
    }
    if (!this.complaint) this.dispatchEvent(new CustomEvent('create', { detail: flag }))
  }

  #leave(event: SubmitEvent) {
    event.preventDefault()
    this.close()
  }

  override render() {
    const refusal = this.#rights.refusal('flags:create', null)
    if (refusal) return this.#refused(refusal)
    const trouble = this.complaint || this.failure
    return html`<wa-dialog without-header label="New flag">
      <form @submit=${this.#create} novalidate>
        <h2>New flag</h2>
        <p class="muted">It starts off in every environment, with nobody in its rollout.</p>
        <wa-input
          id="key"
          class="mono"
          label="Key"
          name="key"
          autocomplete="off"
          spellcheck="false"
          autofocus
          hint="The code asks for it by this key. It never changes and is never used again."
          ${told('trouble', trouble)}
        ></wa-input>
        <wa-input id="name" name="name" label="Name" autocomplete="off"></wa-input>
        <wa-input id="description" name="description" label="Description" autocomplete="off"></wa-input>
        <div class="pair">
          <wa-input id="owner" name="owner" label="Owner" autocomplete="off"></wa-input>
          <wa-input id="tags" name="tags" label="Tags" autocomplete="off" placeholder="checkout web"></wa-input>
          <div class="field">
            <label for="kind">Kind</label>
            <select id="kind" name="kind" class="input">
              <option value="release">release</option>
              <option value="ops">ops</option>
              <option value="experiment">experiment</option>
              <option value="permission">permission</option>
            </select>
          </div>
          <div class="field">
            <label for="type">Type</label>
            <select id="type" class="input" @change=${this.#chooseType}>
              <option value="boolean">boolean (on, off)</option>
              <option value="string">string</option>
              <option value="number">number</option>
              <option value="object">object</option>
            </select>
          </div>
        </div>
        ${this.type === 'boolean' ? nothing : this.#variants()}
        <div class="error" id="trouble" role="alert" ?hidden=${!trouble}>${trouble}</div>
        <div class="row actions">
          <wa-button appearance="outlined" @click=${() => this.close()}>Cancel</wa-button>
          <wa-button type="submit" variant="brand" ?disabled=${this.saving}>Create flag</wa-button>
        </div>
      </form>
    </wa-dialog>`
  }

  #refused(refusal: string) {
    return html`<wa-dialog without-header label="New flag">
      <form @submit=${this.#leave}>
        <h2>New flag</h2>
        <p>${refusal}</p>
        <div class="row actions"><wa-button type="submit" appearance="outlined" autofocus>Close</wa-button></div>
      </form>
    </wa-dialog>`
  }

  #variants() {
    return html`<wa-textarea
      id="variants"
      class="mono"
      label="Variants, one a line: name = value"
      name="variants"
      spellcheck="false"
      hint="The first one is the off variant."
      rows="3"
    ></wa-textarea>`
  }

  #chooseType(event: Event) {
    this.type = (event.target as HTMLSelectElement).value as FlagType
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'new-flag-dialog': NewFlagDialog
  }
}
