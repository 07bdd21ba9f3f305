import type WaDialog from '@awesome.me/webawesome/dist/components/dialog/dialog.js'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, query, state } from 'lit/decorators.js'
import type { Flag, FlagFacts, FlagKind } from '../contract.ts'
import { Rights } from '../state/rights.ts'
import { base } from '../styles/base.styles.ts'
import { card } from '../styles/card.styles.ts'
import { controls } from '../styles/controls.styles.ts'
import { dialogs } from '../styles/dialog.styles.ts'
import { valueText } from '../words/sentences.ts'
import { lifeInWords } from '../words/life.ts'
import { shortTime, wholeTime } from '../words/times.ts'
import './reason-field.ts'
import type { ReasonField } from './reason-field.ts'

const KINDS: FlagKind[] = ['release', 'ops', 'experiment', 'permission']

/**
 * What is known about a flag beside what it serves; and the end of its life.
 *
 * @fires describe - detail: the facts that changed
 * @fires archive - detail: the reason
 */
@customElement('facts-card')
export class FactsCard extends LitElement {
  static override styles = [
    base,
    controls,
    card,
    dialogs,
    css`
      .facts {
        display: grid;
        grid-template-columns: max-content minmax(0, 1fr);
        gap: 8px 24px;
      }
      dt {
        color: var(--ink-2);
      }
      dd {
        overflow-wrap: anywhere;
      }
      .limits {
        margin-top: 12px;
      }
      .edit {
        display: grid;
        gap: 12px;
        max-width: 560px;
      }
      .actions {
        justify-content: flex-end;
      }
    `,
  ]

  @query('wa-dialog') private dialog!: WaDialog
  @query('reason-field') private why!: ReasonField
  @state() private editing = false

  #rights = new Rights(this)

  @property({ attribute: false }) flag!: Flag

  @property({ type: Boolean }) saving = false

  @property() failure = ''

  @property({ type: Number }) now = 0

  /** Leaves the editor: the facts were saved. */
  close() {
    this.editing = false
  }

  #describe(event: SubmitEvent) {
    event.preventDefault()
    const data = new FormData(event.target as HTMLFormElement)
    const text = (name: string) => String(data.get(name) ?? '').trim()
    const detail: Partial<FlagFacts> = {
      name: text('name'),
      description: text('description'),
      owner: text('owner'),
      tags: text('tags')
        .split(/[\s,]+/)
        .filter(Boolean),
      kind: text('kind') as FlagKind,
      lifetimeDays: text('lifetimeDays') === '' ? null : Number(text('lifetimeDays')),
    }
    this.dispatchEvent(new CustomEvent('describe', { detail }))
  }

  #ask() {
    this.why.clear()
    this.dialog.open = true
  }

  #archive(event: SubmitEvent) {
    event.preventDefault()
    const reason = this.why.read()
    if (reason === undefined) return
    this.dialog.open = false
    this.dispatchEvent(new CustomEvent('archive', { detail: reason }))
  }

  override render() {
    const refusal = this.#rights.refusal('flags:write', null)
    return html`<section class="card" aria-labelledby="title">
      <header>
        <h2 id="title">Facts</h2>
        ${
          this.editing || refusal
            ? nothing
            : html`<span class="row">
              <wa-button
                appearance="outlined"
                size="s"
                @click=${() => {
                  this.editing = true
                }}
              ><span aria-hidden="true">Edit</span><span class="spoken">Edit the facts</span></wa-button>
              <wa-button appearance="outlined" size="s" @click=${this.#ask}>Archive</wa-button>
            </span>`
        }
      </header>
      ${this.editing ? this.#form() : this.#facts()}
      ${refusal ? html`<p class="muted small limits">To change the facts, or archive it: ${refusal}</p>` : nothing}
      ${this.failure ? html`<div class="notice red" role="alert">Not saved. ${this.failure}</div>` : nothing}
      <wa-dialog without-header label="Archive ${this.flag.key}?">
        <form @submit=${this.#archive}>
          <h2>Archive <code>${this.flag.key}</code>?</h2>
          <p>It is taken out of every environment: code that still asks for it gets its own default. The key stays reserved.</p>
          <reason-field everywhere autofocus></reason-field>
          <div class="row actions">
            <wa-button appearance="outlined" data-dialog="close">Leave it</wa-button>
            <wa-button type="submit" variant="brand" ?disabled=${this.saving}>Archive ${this.flag.key}</wa-button>
          </div>
        </form>
      </wa-dialog>
    </section>`
  }

  #facts() {
    const { flag } = this
    const fact = (name: string, value: unknown) => (value ? html`<dt>${name}</dt><dd>${value}</dd>` : nothing)
    return html`<dl class="facts">
      ${fact('Name', flag.name)} ${fact('Description', flag.description)} ${fact('Owner', flag.owner)}
      ${fact('Kind', flag.kind)} ${fact('Life', lifeInWords(flag, this.now))} ${fact('Tags', flag.tags.join(', '))}
      ${fact(
        'Variants',
        html`${flag.variants.map(({ name, value }, index) => html`${index === 0 ? '' : ' · '}<code>${name}</code> = <code>${valueText(value)}</code>`)}`,
      )}
      ${fact('Salt', html`<code>${flag.salt}</code>`)}
      ${fact('Browsers', flag.clientVisible ? 'may ask for it' : 'never see it')}
      ${fact('Created', html`<time datetime=${flag.createdAt} title=${wholeTime(flag.createdAt)}>${shortTime(flag.createdAt, this.now)}</time>`)}
    </dl>`
  }

  #form() {
    const { flag } = this
    const field = (name: string, label: string, value: string) =>
      html`<wa-input id=${name} name=${name} label=${label} .value=${value} autocomplete="off"></wa-input>`
    return html`<form class="edit" @submit=${this.#describe}>
      ${field('name', 'Name', flag.name)} ${field('description', 'Description', flag.description)}
      ${field('owner', 'Owner', flag.owner)} ${field('tags', 'Tags', flag.tags.join(' '))}
      <div class="field">
        <label for="kind">Kind</label>
        <select id="kind" name="kind" class="input">
          ${KINDS.map((kind) => html`<option value=${kind} ?selected=${kind === flag.kind}>${kind}</option>`)}
        </select>
      </div>
      <wa-input
        id="lifetimeDays"
        name="lifetimeDays"
        label="Expected to live, days"
        type="number"
        min="0"
        max="3650"
        placeholder=${flag.lifetimeDays === null ? (flag.expectedDays ?? 'as long as it is useful') : ''}
        .value=${flag.lifetimeDays === null ? '' : String(flag.lifetimeDays)}
        hint="Empty for what its kind says, 0 for as long as it is useful."
      ></wa-input>
      <div class="row">
        <wa-button appearance="outlined" @click=${() => this.close()}>Cancel</wa-button>
        <wa-button type="submit" variant="brand" ?disabled=${this.saving}>Save facts</wa-button>
      </div>
    </form>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'facts-card': FactsCard
  }
}
