import type WaButton from '@awesome.me/webawesome/dist/components/button/button.js'
import { type Condition, type Rule, type Serve, WEIGHT_SCALE } from '@rampart/evaluation'
import { html, LitElement, nothing } from 'lit'
import { customElement, property, query, state } from 'lit/decorators.js'
import { live } from 'lit/directives/live.js'
import { focusOn } from '../controls/focus-on.ts'
import { told } from '../controls/told.ts'
import { base } from '../styles/base.styles.ts'
import { controls } from '../styles/controls.styles.ts'
import { parseShare, shareNumber } from '../words/shares.ts'
import './condition-list.ts'
import { ruleStyles } from './rule-editor.styles.ts'

/**
 * One rule: all of its conditions, and what those get who match.
 *
 * @fires change - detail: the new rule
 * @fires remove
 * @fires move - detail: -1 or 1
 * @fires grab - the pointer takes hold of it
 */
@customElement('rule-editor')
export class RuleEditor extends LitElement {
  static override styles = [base, controls, ruleStyles]

  @query('.up') private up!: WaButton
  @query('.down') private down!: WaButton
  @state() private badShare = ''

  @property({ attribute: false }) rule!: Rule

  /** Place in the list, from 1. */
  @property({ type: Number }) place = 1

  /** How many rules there are. */
  @property({ type: Number }) count = 1

  @property({ attribute: false }) variants: string[] = []

  @property() offVariant = ''

  /** Keys of the segments that conditions may name. */
  @property({ attribute: false }) segments: string[] = []

  /** Keeps the keyboard on the button that moved this rule, or on its sibling at the end of the list. */
  focusMove(by: number) {
    const wanted = by < 0 ? this.up : this.down
    void focusOn(wanted.disabled ? (by < 0 ? this.down : this.up) : wanted)
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

  #grab(event: PointerEvent) {
    if (event.button !== 0) return
    // No text is marked on the way.
    event.preventDefault()
    this.#fire('grab')
  }

  override render() {
    const { rule, place, count } = this
    return html`<div class="rule" role="group" aria-label="Rule ${place}">
      <div class="head">
        ${count > 1 ? html`<span class="grip" aria-hidden="true" title="Drag to another place" @pointerdown=${this.#grab}>⠿</span>` : nothing}
        <span class="place">${place}</span>
        <wa-input
          label="What rule ${place} is for"
          class="bare"
          placeholder="What it is for"
          maxlength="200"
          autocomplete="off"
          .value=${live(rule.description ?? '')}
          @input=${this.#describe}
        ></wa-input>
        <wa-button
          class="up"
          appearance="outlined"
          size="s"
          ?disabled=${place === 1}
          @click=${() => this.#fire('move', -1)}
        ><span aria-hidden="true">↑</span><span class="spoken">Move rule ${place} up</span></wa-button>
        <wa-button
          class="down"
          appearance="outlined"
          size="s"
          ?disabled=${place === count}
          @click=${() => this.#fire('move', 1)}
        ><span aria-hidden="true">↓</span><span class="spoken">Move rule ${place} down</span></wa-button>
        <wa-button
          appearance="outlined"
          size="s"
          @click=${() => this.#fire('remove')}
        ><span aria-hidden="true">Remove</span><span class="spoken">Remove rule ${place}</span></wa-button>
      </div>
      <condition-list
        .conditions=${rule.conditions}
        .segments=${this.segments}
        @change=${(event: CustomEvent<Condition[]>) => this.#change({ conditions: event.detail })}
      ></condition-list>
      ${this.#serve(rule.serve)}
    </div>`
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
            ><wa-input
              label="Share in percent"
              class="number bare"
              inputmode="decimal"
              .defaultValue=${shareNumber(rollout.weight)}
              @input=${this.#share}
              ${told('', this.badShare)}
            ></wa-input><span aria-hidden="true">%</span></span
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
