import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, query, state } from 'lit/decorators.js'
import type { FlagType } from '@rampart/evaluation'
import type { FlagKind, NewFlag } from '../contract.ts'
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

  @query('dialog') private dialog!: HTMLDialogElement
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
    this.dialog.showModal()
  }

  close() {
    this.dialog.close()
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

  override render() {
    const refusal = this.#rights.refusal('flags:create', null)
    if (refusal) return this.#refused(refusal)
    const trouble = this.complaint || this.failure
    return html`<dialog aria-labelledby="title">
      <form @submit=${this.#create} novalidate>
        <h2 id="title">New flag</h2>
        <p class="muted">It starts off in every environment, with nobody in its rollout.</p>
        <div class="field">
          <label for="key">Key</label>
          <input id="key" name="key" class="input mono" autocomplete="off" spellcheck="false" autofocus
            aria-describedby="key-advice trouble" aria-invalid=${trouble ? 'true' : 'false'} />
          <span class="advice" id="key-advice">The code asks for it by this key. It never changes and is never used again.</span>
        </div>
        <div class="field">
          <label for="name">Name</label>
          <input id="name" name="name" class="input" autocomplete="off" />
        </div>
        <div class="field">
          <label for="description">Description</label>
          <input id="description" name="description" class="input" autocomplete="off" />
        </div>
        <div class="pair">
          <div class="field">
            <label for="owner">Owner</label>
            <input id="owner" name="owner" class="input" autocomplete="off" />
          </div>
          <div class="field">
            <label for="tags">Tags</label>
            <input id="tags" name="tags" class="input" autocomplete="off" placeholder="checkout web" />
          </div>
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
          <button type="button" class="button" @click=${() => this.close()}>Cancel</button>
          <button class="button accent" ?disabled=${this.saving}>Create flag</button>
        </div>
      </form>
    </dialog>`
  }

  #refused(refusal: string) {
    return html`<dialog aria-labelledby="title">
      <form method="dialog">
        <h2 id="title">New flag</h2>
        <p>${refusal}</p>
        <div class="row actions"><button class="button" autofocus>Close</button></div>
      </form>
    </dialog>`
  }

  #variants() {
    return html`<div class="field">
      <label for="variants">Variants, one a line: name = value</label>
      <textarea id="variants" name="variants" class="input mono" spellcheck="false" aria-describedby="variants-advice"></textarea>
      <span class="advice" id="variants-advice">The first one is the off variant.</span>
    </div>`
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
