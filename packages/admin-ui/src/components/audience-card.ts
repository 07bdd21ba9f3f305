import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { Configuration, Flag, StaleVersion } from '../contract.ts'
import { Rights } from '../state/rights.ts'
import { base } from '../styles/base.styles.ts'
import { card } from '../styles/card.styles.ts'
import { controls } from '../styles/controls.styles.ts'
import { defaultParts, targetParts } from '../words/audience.ts'
import { type Part, prerequisiteParts, ruleParts } from '../words/sentences.ts'
import './audience-editor.ts'
import './conflict-notice.ts'
import type { SaveRequest } from './ramp-card.ts'
import { type LinkTo, sentence } from './sentence.ts'

/**
 * Prerequisites, targets and rules as sentences in the order in which they are asked, and their editor.
 *
 * @fires save - detail: SaveRequest
 * @fires discard - the edit and what was said about it
 */
@customElement('audience-card')
export class AudienceCard extends LitElement {
  static override styles = [
    base,
    controls,
    card,
    css`
      li {
        display: grid;
        grid-template-columns: 24px minmax(0, 1fr);
        gap: 4px;
        padding: 8px 0;
        border-bottom: 1px solid var(--line);
        overflow-wrap: anywhere;
      }
      li:last-child {
        border-bottom: 0;
      }
      .place {
        color: var(--ink-2);
        font-variant-numeric: tabular-nums;
      }
      .empty {
        color: var(--ink-2);
      }
      .notice {
        margin-top: 12px;
      }
    `,
  ]

  /** The configuration the open edit started from; null while nothing is edited. */
  @state() private editedFrom: Configuration | null = null

  #rights = new Rights(this)

  @property({ attribute: false }) flag!: Flag

  @property({ attribute: false }) configuration!: Configuration

  /** Keys of the segments that rules may name. */
  @property({ attribute: false }) segments: string[] = []

  /** Where the flags and segments are that the sentences name. */
  @property({ attribute: false }) linkTo!: LinkTo

  @property({ type: Boolean }) saving = false

  @property() failure = ''

  @property({ attribute: false }) conflict: StaleVersion | null = null

  #lastRequest: SaveRequest | null = null

  /** Closes the editor: the edit was saved, or given up. */
  reset() {
    this.editedFrom = null
  }

  #discard() {
    this.reset()
    this.dispatchEvent(new Event('discard'))
  }

  #save(request: SaveRequest) {
    this.#lastRequest = request
    this.dispatchEvent(new CustomEvent('save', { detail: request }))
  }

  #keepMine() {
    const version = this.conflict?.current.version
    if (this.#lastRequest && version !== undefined) this.#save({ ...this.#lastRequest, version })
  }

  override render() {
    const from = this.editedFrom
    return html`<section class="card" aria-labelledby="title">
      <header>
        <h2 id="title">Who gets it</h2>
        ${
          from || !this.#rights.has('flags:write')
            ? nothing
            : html`<wa-button
              appearance="outlined"
              size="s"
              @click=${() => {
                this.editedFrom = this.configuration
              }}
            ><span aria-hidden="true">Edit</span><span class="spoken">Edit who gets it</span></wa-button>`
        }
      </header>
      ${
        from
          ? html`<audience-editor
            .flag=${this.flag}
            .configuration=${from}
            .segments=${this.segments}
            .saving=${this.saving}
            @save=${(event: CustomEvent<SaveRequest>) => this.#save(event.detail)}
            @cancel=${this.#discard}
          ></audience-editor>`
          : this.#sentences()
      }
      ${
        from && from.version !== this.configuration.version && !this.conflict
          ? html`<div class="notice amber" role="status">
            ${this.configuration.updatedBy ?? 'Somebody'} changed this flag while you were editing. Your edit is kept;
            saving shows both.
          </div>`
          : nothing
      }
      ${
        this.conflict && from
          ? html`<conflict-notice
            class="notice"
            .conflict=${this.conflict}
            @keep-mine=${this.#keepMine}
            @take-theirs=${this.#discard}
          ></conflict-notice>`
          : nothing
      }
      ${this.failure ? html`<div class="notice red" role="alert">Not saved. ${this.failure}</div>` : nothing}
    </section>`
  }

  #sentences() {
    const { prerequisites, targets, rules, offVariant } = this.configuration
    const named = targets.filter(({ keys }) => keys.length > 0)
    return html`<ol>
      ${prerequisites.map((one) => this.#line('if', prerequisiteParts(one), `otherwise ${offVariant}`))}
      ${named.map((target) => this.#line('id', targetParts(target)))}
      ${rules.map((rule, index) => this.#line(String(index + 1), ruleParts(rule), rule.description))}
      ${this.#line('·', defaultParts(this.configuration))}
    </ol>`
  }

  #line(place: string, parts: Part[], description?: string) {
    return html`<li>
      <span class="place">${place}</span>
      <span>${sentence(parts, this.linkTo)} ${description ? html`<span class="muted small">${description}</span>` : nothing}</span>
    </li>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'audience-card': AudienceCard
  }
}
