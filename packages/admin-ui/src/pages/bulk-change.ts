import { consume } from '@lit/context'
import { html, LitElement, nothing } from 'lit'
import { customElement, property, query, state } from 'lit/decorators.js'
import { archiveMany, tagMany } from '../api/inventory.ts'
import '../components/bulk-dialog.ts'
import { type BulkDialog, type BulkRequest, MOST_FLAGS } from '../components/bulk-dialog.ts'
import type { BulkOutcome } from '../contract.ts'
import { announce } from '../state/announce.ts'
import { scopeContext, type Scope } from '../state/contexts.ts'
import { errorText } from '../state/errors.ts'
import { Rights } from '../state/rights.ts'
import { base } from '../styles/base.styles.ts'
import { controls } from '../styles/controls.styles.ts'

/**
 * "Change these 12": one change of every flag that the search shows.
 *
 * @fires changed - at least one of them was
 */
@customElement('bulk-change')
export class BulkChange extends LitElement {
  static override styles = [base, controls]

  @consume({ context: scopeContext, subscribe: true })
  private scope!: Scope

  @query('bulk-dialog') private dialog!: BulkDialog

  #rights = new Rights(this)

  /** Keys of the flags on screen. */
  @property({ attribute: false }) keys: string[] = []

  @state() private saving = false
  @state() private failure = ''
  @state() private outcomes: BulkOutcome[] | null = null

  #open() {
    this.failure = ''
    this.outcomes = null
    this.dialog.open(this.keys)
  }

  async #apply({ action, flags, tags, reason }: BulkRequest) {
    const { project } = this.scope
    this.saving = true
    this.failure = ''
    try {
      this.outcomes =
        action === 'archive'
          ? await archiveMany(project, flags, reason)
          : await tagMany(
              project,
              flags,
              action === 'tag' ? { add: tags, remove: [] } : { add: [], remove: tags },
              reason,
            )
      const done = this.outcomes.filter(({ ok }) => ok).length
      announce(this, `Changed ${done} of ${this.outcomes.length} flags.`)
      if (done > 0) this.dispatchEvent(new Event('changed'))
    } catch (error) {
      this.failure = errorText(error)
    } finally {
      this.saving = false
    }
  }

  override render() {
    const count = this.keys.length
    const tooMany = count > MOST_FLAGS
    // The dialog stays when its own change has left none of them: it tells what became of each.
    return html`<wa-button
      appearance="outlined"
      ?hidden=${count === 0 || !this.#rights.has('flags:write', null)}
      ?disabled=${tooMany}
      title=${tooMany ? `At most ${MOST_FLAGS} at a time: search for fewer` : nothing}
      @click=${this.#open}
    >
        Change these ${count}
      </wa-button>
      <bulk-dialog
        .saving=${this.saving}
        .failure=${this.failure}
        .outcomes=${this.outcomes}
        @apply=${(event: CustomEvent<BulkRequest>) => this.#apply(event.detail)}
      ></bulk-dialog>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'bulk-change': BulkChange
  }
}
