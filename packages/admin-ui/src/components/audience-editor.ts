import type { IndividualTarget, Prerequisite, Rule } from '@rampart/evaluation'
import { css, html, LitElement, nothing, type PropertyValues } from 'lit'
import { customElement, property, query, state } from 'lit/decorators.js'
import { repeat } from 'lit/directives/repeat.js'
import type { Configuration, Flag } from '../contract.ts'
import { DragOrder } from '../state/drag-order.ts'
import { base } from '../styles/base.styles.ts'
import { controls } from '../styles/controls.styles.ts'
import { audienceLines } from '../words/audience.ts'
import { lineChanges } from '../words/line-changes.ts'
import './id-preview.ts'
import './prerequisite-list.ts'
import type { SaveRequest } from './ramp-card.ts'
import './reason-field.ts'
import type { ReasonField } from './reason-field.ts'
import './rule-editor.ts'

/**
 * Edits prerequisites, targets and rules, and shows the difference in sentences before anything is saved.
 *
 * @fires save - detail: SaveRequest
 * @fires cancel
 */
@customElement('audience-editor')
export class AudienceEditor extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      form,
      fieldset {
        display: grid;
        gap: 16px;
      }
      fieldset {
        min-width: 0;
        margin: 0;
        padding: 0;
        border: 0;
      }
      legend {
        padding: 0 0 8px;
        font-weight: 600;
      }
      .target {
        display: grid;
        grid-template-columns: 120px minmax(0, 1fr);
        align-items: start;
        gap: 12px;
      }
      .changes {
        padding: 12px;
        border: 1px solid var(--line);
        border-radius: var(--radius);
        font-size: var(--size-14);
      }
      .changes li {
        padding: 2px 0 2px 20px;
        text-indent: -20px;
        overflow-wrap: anywhere;
      }
      .changes .mark {
        display: inline-block;
        width: 20px;
        text-indent: 0;
        font-family: var(--font-mono);
      }
      .added {
        font-weight: 600;
      }
      .removed {
        color: var(--ink-2);
        text-decoration: line-through;
      }
      .save {
        display: flex;
        flex-wrap: wrap;
        align-items: start;
        gap: 12px;
      }
      @media (max-width: 720px) {
        .target {
          grid-template-columns: 1fr;
          gap: 4px;
        }
      }
    `,
  ]

  @query('reason-field') private why!: ReasonField

  @state() private prerequisites: Prerequisite[] = []
  @state() private targets: Record<string, string> = {}
  @state() private rules: Rule[] = []
  @state() private complaint = ''

  #drag = new DragOrder(
    this,
    () => [...this.renderRoot.querySelectorAll('rule-editor')],
    (from, to) => this.#reorder(from, to),
  )

  @property({ attribute: false }) flag!: Flag

  /** What the edit starts from. */
  @property({ attribute: false }) configuration!: Configuration

  /** Keys of the segments that rules may name. */
  @property({ attribute: false }) segments: string[] = []

  @property({ type: Boolean }) saving = false

  protected override willUpdate(changed: PropertyValues) {
    if (!changed.has('configuration')) return
    this.prerequisites = structuredClone(this.configuration.prerequisites)
    this.rules = structuredClone(this.configuration.rules)
    this.targets = Object.fromEntries(this.configuration.targets.map(({ variant, keys }) => [variant, keys.join('\n')]))
  }

  get #targets(): IndividualTarget[] {
    return Object.entries(this.targets)
      .map(([variant, text]) => ({ variant, keys: [...new Set(text.split(/[\s,;]+/).filter(Boolean))] }))
      .filter(({ keys }) => keys.length > 0)
  }

  #add() {
    const random = [...crypto.getRandomValues(new Uint8Array(4))].map((byte) => byte.toString(16).padStart(2, '0'))
    const variant = this.flag.variants.find(({ name }) => name !== this.configuration.offVariant)?.name ?? ''
    const rule: Rule = {
      id: `rule-${random.join('')}`,
      conditions: [{ op: 'in', attribute: '', values: [] }],
      serve: { variant },
    }
    this.rules = [...this.rules, rule]
  }

  #replace(index: number, rule: Rule) {
    this.rules = this.rules.with(index, rule)
  }

  #remove(index: number) {
    this.rules = this.rules.toSpliced(index, 1)
  }

  #reorder(from: number, to: number) {
    const rule = this.rules[from]
    if (rule) this.rules = this.rules.toSpliced(from, 1).toSpliced(to, 0, rule)
  }

  async #move(index: number, by: number) {
    const to = index + by
    if (to < 0 || to >= this.rules.length) return
    this.#reorder(index, to)
    await this.updateComplete
    this.renderRoot.querySelectorAll('rule-editor')[to]?.focusMove(by)
  }

  #save(event: SubmitEvent) {
    event.preventDefault()
    const unfinished = this.prerequisites.some(({ flag, variants }) => flag === '' || variants.length === 0)
    this.complaint = unfinished
      ? 'Each prerequisite names a flag and at least one variant of it. Complete it, or remove it.'
      : ''
    if (unfinished) return
    const reason = this.why.read()
    if (reason === undefined) return
    const detail: SaveRequest = {
      edit: { prerequisites: this.prerequisites, targets: this.#targets, rules: this.rules },
      version: this.configuration.version,
      reason,
    }
    this.dispatchEvent(new CustomEvent('save', { detail }))
  }

  override render() {
    const { configuration } = this
    const { prerequisites, rules } = this
    const before = audienceLines(configuration)
    const after = audienceLines({ prerequisites, targets: this.#targets, rules })
    const changes = lineChanges(before, after)
    const changed = changes.some(({ kind }) => kind !== 'kept')
    return html`<form @submit=${this.#save} novalidate>
      <fieldset>
        <legend>Only when other flags allow it</legend>
        <prerequisite-list
          .prerequisites=${prerequisites}
          .flagKey=${this.flag.key}
          @change=${(event: CustomEvent<Prerequisite[]>) => {
            this.prerequisites = event.detail
            this.complaint = ''
          }}
        ></prerequisite-list>
      </fieldset>
      <fieldset>
        <legend>Always, by id</legend>
        ${this.flag.variants.map(({ name }) => this.#target(name))}
      </fieldset>
      <fieldset>
        <legend>Then the first rule that matches</legend>
        ${this.rules.length === 0 ? html`<p class="muted">No rules: everyone meets the default above.</p>` : nothing}
        ${repeat(
          this.rules,
          ({ id }) => id,
          (rule, index) =>
            html`<rule-editor
              .rule=${rule}
              .place=${index + 1}
              .count=${this.rules.length}
              .variants=${this.flag.variants.map(({ name }) => name)}
              .offVariant=${configuration.offVariant}
              .segments=${this.segments}
              @change=${(event: CustomEvent<Rule>) => this.#replace(index, event.detail)}
              @remove=${() => this.#remove(index)}
              ?held=${this.#drag.held === index}
              @grab=${() => this.#drag.grab(index)}
              @move=${(event: CustomEvent<number>) => this.#move(index, event.detail)}
            ></rule-editor>`,
        )}
        <div><wa-button appearance="outlined" size="s" @click=${this.#add}>Add a rule</wa-button></div>
      </fieldset>
      ${
        changed
          ? html`<div class="changes" role="group" aria-label="What will change">
            <ul>
              ${changes.map(
                ({ kind, text }) =>
                  html`<li class=${kind}>
                    <span class="mark" aria-hidden="true">${{ kept: '', added: '+', removed: '−' }[kind]}</span
                    >${kind === 'kept' ? nothing : html`<span class="spoken">${kind}: </span>`}${text}
                  </li>`,
              )}
            </ul>
          </div>`
          : nothing
      }
      <id-preview
        .flag=${this.flag}
        .configuration=${configuration}
        .next=${{ prerequisites, targets: this.#targets, rules }}
        .edited=${changed}
      ></id-preview>
      ${this.complaint ? html`<p class="error" role="alert">${this.complaint}</p>` : nothing}
      <div class="save">
        <reason-field></reason-field>
        <wa-button appearance="outlined" @click=${() => this.dispatchEvent(new Event('cancel'))}>Cancel</wa-button>
        <wa-button type="submit" variant="brand" ?disabled=${!changed || this.saving}>Save rules</wa-button>
      </div>
    </form>`
  }

  #target(variant: string) {
    return html`<div class="target">
      <span aria-hidden="true">get <code>${variant}</code></span>
      <wa-textarea
        class="mono bare"
        label="get ${variant}"
        rows="2"
        spellcheck="false"
        placeholder="ids, one a line"
        .value=${this.targets[variant] ?? ''}
        @input=${(event: InputEvent) => {
          this.targets = { ...this.targets, [variant]: (event.target as HTMLTextAreaElement).value }
        }}
      ></wa-textarea>
    </div>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'audience-editor': AudienceEditor
  }
}
