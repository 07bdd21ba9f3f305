import { consume } from '@lit/context'
import { ATTRIBUTE_OPERATORS, type AttributeCondition, type Condition } from '@rampart/evaluation'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, queryAll, state } from 'lit/decorators.js'
import { live } from 'lit/directives/live.js'
import type { Attribute } from '../contract.ts'
import { readValues, writeValues } from '../state/condition-values.ts'
import { attributesContext } from '../state/contexts.ts'
import { base } from '../styles/base.styles.ts'
import { controls } from '../styles/controls.styles.ts'
import { OPERATOR_WORDS } from '../words/sentences.ts'

type SegmentCondition = Extract<Condition, { op: 'segment' }>

/**
 * Conditions that must all hold, one a row.
 *
 * @fires change - detail: the new conditions
 */
@customElement('condition-list')
export class ConditionList extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      :host {
        display: grid;
        gap: 8px;
      }
      .condition {
        display: grid;
        grid-template-columns: 56px minmax(100px, 1fr) minmax(120px, 1fr) minmax(120px, 2fr) auto;
        align-items: center;
        gap: 8px;
      }
      .joint {
        color: var(--ink-2);
      }
      @media (max-width: 720px) {
        .condition {
          grid-template-columns: minmax(0, 1fr) auto;
        }
        .joint {
          grid-column: 1 / -1;
        }
        .condition :is(.input, wa-input),
        .subject {
          grid-column: 1;
        }
        .condition wa-button {
          grid-column: 2;
          grid-row: 2;
        }
      }
    `,
  ]

  @queryAll('.condition') private rows!: NodeListOf<HTMLElement>

  @consume({ context: attributesContext, subscribe: true })
  @state()
  private knownAttributes: readonly Attribute[] = []

  @property({ attribute: false }) conditions: Condition[] = []

  /** Keys of the segments that may be named. */
  @property({ attribute: false }) segments: string[] = []

  #change(conditions: Condition[]) {
    this.dispatchEvent(new CustomEvent('change', { detail: conditions }))
  }

  #replace(index: number, condition: Condition) {
    this.#change(this.conditions.with(index, condition))
  }

  async #add(condition: Condition) {
    this.#change([...this.conditions, condition])
    await this.updateComplete
    await new Promise(requestAnimationFrame)
    this.rows[this.rows.length - 1]?.querySelector<HTMLElement>('input, select, wa-input')?.focus()
  }

  override render() {
    const [first] = this.segments
    return html`${this.#attributeNames()} ${this.conditions.length === 0 ? html`<p>Matches everyone.</p>` : nothing}
      ${this.conditions.map(
        (condition, index) => html`<div class="condition">
          <span class="joint">${index === 0 ? 'when' : 'and'}</span>
          ${condition.op === 'segment' ? this.#segment(condition, index) : this.#attribute(condition, index)}
          <wa-button
            appearance="outlined"
            size="s"
            @click=${() => this.#change(this.conditions.toSpliced(index, 1))}
          ><span aria-hidden="true">✕</span><span class="spoken">Remove condition ${index + 1}</span></wa-button>
        </div>`,
      )}
      <div class="row">
        <wa-button
          appearance="plain"
          variant="brand"
          size="s"
          @click=${() => this.#add({ op: 'in', attribute: '', values: [] })}
        >
          Add a condition
        </wa-button>
        ${
          first === undefined
            ? nothing
            : html`<wa-button
              appearance="plain"
              variant="brand"
              size="s"
              @click=${() => this.#add({ op: 'segment', values: [first] })}
            >
              Add a segment
            </wa-button>`
        }
      </div>`
  }

  #segment(condition: SegmentCondition, index: number) {
    // One that is named and not known stays visible: taking it for another would change who gets in.
    const known = [...new Set([...this.segments, ...condition.values.map(String)])]
    const { negate: _, ...rest } = condition
    return html`<span class="subject">the user</span>
      <select
        class="input"
        aria-label="Operator"
        @change=${(event: Event) => {
          const isNot = (event.target as HTMLSelectElement).value === 'not'
          this.#replace(index, { ...rest, ...(isNot ? { negate: true } : {}) })
        }}
      >
        <option value="in" ?selected=${!condition.negate}>is in segment</option>
        <option value="not" ?selected=${condition.negate}>is not in segment</option>
      </select>
      ${
        condition.values.length > 1
          ? html`<strong>${condition.values.join(' or ')}</strong>`
          : html`<select
            class="input"
            aria-label="Segment"
            @change=${(event: Event) =>
              this.#replace(index, { ...condition, values: [(event.target as HTMLSelectElement).value] })}
          >
            ${known.map((key) => html`<option value=${key} ?selected=${condition.values.includes(key)}>${key}</option>`)}
          </select>`
      }`
  }

  /** Names that applications give, each with what it was seen to hold. */
  #attributeNames() {
    const types = new Map<string, string[]>()
    for (const { name, type } of this.knownAttributes ?? []) types.set(name, [...(types.get(name) ?? []), type])
    return html`<datalist id="attributes">
      <option value="key">user id</option>
      ${[...types].map(([name, held]) => html`<option value=${name}>${held.join(' or ')}</option>`)}
    </datalist>`
  }

  #attribute(condition: AttributeCondition, index: number) {
    const chosen = `${condition.negate ? '!' : ''}${condition.op}`
    return html`<input
        class="input"
        aria-label="Attribute"
        placeholder="country"
        list="attributes"
        autocomplete="off"
        spellcheck="false"
        .value=${live(condition.attribute)}
        @input=${(event: InputEvent) =>
          this.#replace(index, { ...condition, attribute: (event.target as HTMLInputElement).value.trim() })}
      />
      <select class="input" aria-label="Operator" @change=${(event: Event) => this.#operator(index, condition, event)}>
        ${ATTRIBUTE_OPERATORS.flatMap((op) => [op, `!${op}` as const]).map((value) => {
          const negated = value.startsWith('!')
          const op = (negated ? value.slice(1) : value) as AttributeCondition['op']
          return html`<option value=${value} ?selected=${value === chosen}>${OPERATOR_WORDS[op][negated ? 1 : 0]}</option>`
        })}
      </select>
      ${
        condition.op === 'exists'
          ? html`<span></span>`
          : html`<wa-input
            label="Values, separated by commas"
            class="bare"
            placeholder="DE, AT, CH"
            autocomplete="off"
            spellcheck="false"
            .defaultValue=${writeValues(condition.values)}
            @input=${(event: InputEvent) =>
              this.#replace(index, {
                ...condition,
                values: readValues((event.target as HTMLInputElement).value, condition.op),
              })}
          ></wa-input>`
      }`
  }

  #operator(index: number, condition: AttributeCondition, event: Event) {
    const { value } = event.target as HTMLSelectElement
    const negated = value.startsWith('!')
    const op = (negated ? value.slice(1) : value) as AttributeCondition['op']
    const { negate: _, ...rest } = condition
    const values = op === 'exists' ? [] : readValues(writeValues(condition.values), op)
    this.#replace(index, { ...rest, op, values, ...(negated ? { negate: true } : {}) })
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'condition-list': ConditionList
  }
}
