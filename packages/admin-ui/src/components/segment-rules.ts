import type { Condition } from '@rampart/evaluation'
import { css, html, LitElement, nothing, type PropertyValues } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { base } from '../styles/base.styles.ts'
import { controls } from '../styles/controls.styles.ts'
import { conditionsParts } from '../words/sentences.ts'
import './condition-list.ts'
import { sentence } from './sentence.ts'

/**
 * The rules of a segment: whoever meets all conditions of one is in it.
 *
 * @fires save-rules - detail: the rules
 */
@customElement('segment-rules')
export class SegmentRules extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      :host {
        display: grid;
        gap: 12px;
      }
      .rule {
        display: grid;
        gap: 8px;
        padding: 12px;
        border: 1px solid var(--line);
        border-radius: var(--radius);
      }
    `,
  ]

  /** The rules while they are edited. */
  @state() private edited: Condition[][] | null = null

  @property({ attribute: false }) rules: Condition[][] = []

  /** Keys of the segments that conditions may name. */
  @property({ attribute: false }) segments: string[] = []

  @property({ type: Boolean }) saving = false

  /** Nothing is offered but looking. */
  @property({ type: Boolean }) readonly = false

  protected override willUpdate(changed: PropertyValues) {
    if (changed.has('rules')) this.edited = null
  }

  override render() {
    const { edited } = this
    return edited === null ? this.#sentences() : this.#editor(edited)
  }

  #sentences() {
    return html`${
      this.rules.length === 0
        ? html`<p class="muted">No rules: only the ids above are in it.</p>`
        : html`<ul>${this.rules.map((conditions) => html`<li>${sentence(conditionsParts(conditions))}</li>`)}</ul>`
    }
    <div ?hidden=${this.readonly}>
      <wa-button
        appearance="outlined"
        size="s"
        @click=${() => {
          this.edited = structuredClone(this.rules)
        }}
      >
        Edit rules
      </wa-button>
    </div>`
  }

  #editor(rules: Condition[][]) {
    return html`${rules.length === 0 ? html`<p class="muted">No rules yet.</p>` : nothing}
      ${rules.map(
        (conditions, index) => html`<div class="rule" role="group" aria-label="Rule ${index + 1}">
          <condition-list
            .conditions=${conditions}
            .segments=${this.segments}
            @change=${(event: CustomEvent<Condition[]>) => {
              this.edited = rules.with(index, event.detail)
            }}
          ></condition-list>
          <div>
            <wa-button
              appearance="outlined"
              size="s"
              @click=${() => {
                this.edited = rules.toSpliced(index, 1)
              }}
            >
              Remove rule ${index + 1}
            </wa-button>
          </div>
        </div>`,
      )}
      <div class="row">
        <wa-button
          appearance="outlined"
          size="s"
          @click=${() => {
            this.edited = [...rules, [{ op: 'in', attribute: '', values: [] }]]
          }}
        >
          Add a rule
        </wa-button>
        <wa-button
          appearance="outlined"
          @click=${() => {
            this.edited = null
          }}
        >
          Cancel
        </wa-button>
        <wa-button
          variant="brand"
          ?disabled=${this.saving}
          @click=${() => this.dispatchEvent(new CustomEvent('save-rules', { detail: rules }))}
        >
          Save rules
        </wa-button>
      </div>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'segment-rules': SegmentRules
  }
}
