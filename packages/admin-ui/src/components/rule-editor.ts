import {
  ATTRIBUTE_OPERATORS,
  type AttributeCondition,
  type Condition,
  type Rule,
  type Serve,
  WEIGHT_SCALE,
} from '@rampart/evaluation'
import { html, LitElement, nothing } from 'lit'
import { customElement, property, query, queryAll, state } from 'lit/decorators.js'
import { live } from 'lit/directives/live.js'
import { readValues, writeValues } from '../state/condition-values.ts'
import { base } from '../styles/base.styles.ts'
import { controls } from '../styles/controls.styles.ts'
import { OPERATOR_WORDS, valueText } from '../words/sentences.ts'
import { parseShare, shareNumber } from '../words/shares.ts'
import { ruleStyles } from './rule-editor.styles.ts'

/**
 * One rule: all of its conditions, and what those get who match.
 *
 * @fires change - detail: the new rule
 * @fires remove
 * @fires move - detail: -1 or 1
 */
@customElement('rule-editor')
export class RuleEditor extends LitElement {
  static override styles = [base, controls, ruleStyles]

  @query('.up') private up!: HTMLButtonElement
  @query('.down') private down!: HTMLButtonElement
  @queryAll('.condition') private conditionRows!: NodeListOf<HTMLElement>
  @state() private badShare = ''

  @property({ attribute: false }) rule!: Rule

  /** Place in the list, from 1. */
  @property({ type: Number }) place = 1

  /** How many rules there are. */
  @property({ type: Number }) count = 1

  @property({ attribute: false }) variants: string[] = []

  @property() offVariant = ''

  /** Keeps the keyboard on the button that moved this rule, or on its sibling at the end of the list. */
  focusMove(by: number) {
    const wanted = by < 0 ? this.up : this.down
    ;(wanted.disabled ? (by < 0 ? this.down : this.up) : wanted).focus()
  }

  #change(part: Partial<Rule>) {
    this.dispatchEvent(new CustomEvent('change', { detail: { ...this.rule, ...part } }))
  }

  #describe(event: InputEvent) {
    const { description: _, ...rest } = this.rule
    const description = (event.target as HTMLInputElement).value
    this.dispatchEvent(new CustomEvent('change', { detail: { ...rest, ...(description ? { description } : {}) } }))
  }

  #fire(name: string, detail?: number) {
    this.dispatchEvent(new CustomEvent(name, { detail }))
  }

  #condition(index: number, condition: Condition) {
    this.#change({ conditions: this.rule.conditions.with(index, condition) })
  }

  async #addCondition() {
    this.#change({ conditions: [...this.rule.conditions, { op: 'in', attribute: '', values: [] }] })
    await this.updateComplete
    await new Promise(requestAnimationFrame)
    this.conditionRows[this.conditionRows.length - 1]?.querySelector('input')?.focus()
  }

  override render() {
    const { rule, place, count } = this
    return html`<div class="rule" role="group" aria-label="Rule ${place}">
      <div class="head">
        <span class="place">${place}</span>
        <input
          class="input"
          aria-label="What rule ${place} is for"
          placeholder="What it is for"
          maxlength="200"
          autocomplete="off"
          .value=${live(rule.description ?? '')}
          @input=${this.#describe}
        />
        <button type="button" class="button small up" ?disabled=${place === 1} aria-label="Move rule ${place} up" @click=${() => this.#fire('move', -1)}>↑</button>
        <button type="button" class="button small down" ?disabled=${place === count} aria-label="Move rule ${place} down" @click=${() => this.#fire('move', 1)}>↓</button>
        <button type="button" class="button small" aria-label="Remove rule ${place}" @click=${() => this.#fire('remove')}>Remove</button>
      </div>
      ${rule.conditions.length === 0 ? html`<p>Matches everyone.</p>` : nothing}
      ${rule.conditions.map((condition, index) =>
        condition.op === 'segment' ? this.#segment(condition.values, index) : this.#attribute(condition, index),
      )}
      <div><button type="button" class="button small quiet" @click=${this.#addCondition}>Add a condition</button></div>
      ${this.#serve(rule.serve)}
    </div>`
  }

  // Segments are edited where they live; here a rule keeps the ones it has.
  #segment(segments: string[], index: number) {
    return html`<div class="condition">
      <span class="joint">${index === 0 ? 'when' : 'and'}</span>
      <span class="whole">user is in segment <strong>${segments.map(valueText).join(', ')}</strong></span>
      ${this.#removeCondition(index)}
    </div>`
  }

  #attribute(condition: AttributeCondition, index: number) {
    const chosen = `${condition.negate ? '!' : ''}${condition.op}`
    return html`<div class="condition">
      <span class="joint">${index === 0 ? 'when' : 'and'}</span>
      <input
        class="input"
        aria-label="Attribute"
        placeholder="country"
        autocomplete="off"
        spellcheck="false"
        .value=${live(condition.attribute)}
        @input=${(event: InputEvent) =>
          this.#condition(index, { ...condition, attribute: (event.target as HTMLInputElement).value.trim() })}
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
          : html`<input
            class="input"
            aria-label="Values, separated by commas"
            placeholder="DE, AT, CH"
            autocomplete="off"
            spellcheck="false"
             .defaultValue=${writeValues(condition.values)}
            @input=${(event: InputEvent) =>
              this.#condition(index, {
                ...condition,
                values: readValues((event.target as HTMLInputElement).value, condition.op),
              })}
          />`
      }
      ${this.#removeCondition(index)}
    </div>`
  }

  #removeCondition(index: number) {
    return html`<button
      type="button"
      class="button small"
      aria-label="Remove condition ${index + 1}"
      @click=${() => this.#change({ conditions: this.rule.conditions.toSpliced(index, 1) })}
    >
      ✕
    </button>`
  }

  #operator(index: number, condition: AttributeCondition, event: Event) {
    const { value } = event.target as HTMLSelectElement
    const negated = value.startsWith('!')
    const op = (negated ? value.slice(1) : value) as AttributeCondition['op']
    const { negate: _, ...rest } = condition
    const values = op === 'exists' ? [] : readValues(writeValues(condition.values), op)
    this.#condition(index, { ...rest, op, values, ...(negated ? { negate: true } : {}) })
  }

  #serve(serve: Serve) {
    const rollout = serve.rollout
    const variant = rollout?.split[0]?.variant ?? serve.variant ?? ''
    const isSplit = (rollout?.split.length ?? 0) > 1
    return html`<div class="serve">
      <span class="joint">they get</span>
      <select
        class="input"
        aria-label="Serve"
        @change=${(event: Event) => this.#serveKind((event.target as HTMLSelectElement).value, variant)}
      >
        <option value="all" ?selected=${!rollout}>all of them</option>
        <option value="share" ?selected=${rollout}>a share of them</option>
      </select>
      ${
        rollout
          ? html`<span class="exact"
            ><input
              class="input number"
              inputmode="decimal"
              aria-label="Share in percent"
              aria-invalid=${this.badShare ? 'true' : 'false'}
              .defaultValue=${shareNumber(rollout.weight)}
              @input=${this.#share}
            /><span aria-hidden="true">%</span></span
          >`
          : nothing
      }
      ${
        isSplit
          ? html`<span class="muted">split over ${rollout?.split.map(({ variant }) => variant).join(', ')}</span>`
          : html`<select
            class="input"
            aria-label="Variant"
            @change=${(event: Event) => this.#variant((event.target as HTMLSelectElement).value)}
          >
            ${this.variants.map((name) => html`<option value=${name} ?selected=${name === variant}>${name}</option>`)}
          </select>`
      }
      ${
        rollout
          ? html`<select
            class="input"
            aria-label="The rest"
            @change=${(event: Event) => this.#otherwise((event.target as HTMLSelectElement).value)}
          >
            <option value="control" ?selected=${rollout.otherwise !== 'next'}>
              the rest get ${rollout.control ?? this.offVariant}
            </option>
            <option value="next" ?selected=${rollout.otherwise === 'next'}>the rest try the next rule</option>
          </select>`
          : nothing
      }
      ${this.badShare ? html`<span class="error" role="alert">${this.badShare}</span>` : nothing}
    </div>`
  }

  #serveKind(kind: string, variant: string) {
    this.badShare = ''
    const rollout = { weight: 0, split: [{ variant, weight: WEIGHT_SCALE }] }
    this.#change({ serve: kind === 'share' ? { rollout } : { variant } })
  }

  #variant(name: string) {
    const { rollout } = this.rule.serve
    const split = [{ variant: name, weight: WEIGHT_SCALE }]
    this.#change({ serve: rollout ? { rollout: { ...rollout, split } } : { variant: name } })
  }

  #share(event: InputEvent) {
    const { rollout } = this.rule.serve
    const weight = parseShare((event.target as HTMLInputElement).value)
    this.badShare = weight === null ? 'Give a share from 0 to 100 with at most three decimals.' : ''
    if (rollout && weight !== null) this.#change({ serve: { rollout: { ...rollout, weight } } })
  }

  #otherwise(otherwise: string) {
    const { rollout } = this.rule.serve
    if (!rollout) return
    this.#change({ serve: { rollout: { ...rollout, otherwise: otherwise === 'next' ? 'next' : 'control' } } })
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'rule-editor': RuleEditor
  }
}
