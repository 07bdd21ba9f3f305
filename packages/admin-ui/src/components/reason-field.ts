import type WaInput from '@awesome.me/webawesome/dist/components/input/input.js'
import { consume } from '@lit/context'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, query, state } from 'lit/decorators.js'
import { focusOn } from '../controls/focus-on.ts'
import { told } from '../controls/told.ts'
import { type Scope, scopeContext } from '../state/contexts.ts'
import { base } from '../styles/base.styles.ts'
import { controls } from '../styles/controls.styles.ts'

/** Why somebody does what they do; in some environments it must be said. */
@customElement('reason-field')
export class ReasonField extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      :host {
        flex: 1 1 200px;
      }
    `,
  ]

  @query('wa-input') private field!: WaInput
  @state() private missing = false

  @consume({ context: scopeContext, subscribe: true })
  @state()
  private scope?: Scope

  /** Null leaves it to the environment on screen. */
  @property({ attribute: false }) required: boolean | null = null

  /** It is about every environment of the project: one that wants a reason is enough. */
  @property({ type: Boolean }) everywhere = false

  /** Who wants it, for the words, where that is not the environment on screen. */
  @property() environment = ''

  override focus() {
    void focusOn(this.field)
  }

  clear() {
    if (this.field) this.field.value = ''
    this.missing = false
  }

  get #isRequired(): boolean {
    return this.required ?? this.#place?.reasonRequired ?? false
  }

  /** The environment that decides. */
  get #place() {
    const strict = this.everywhere ? this.scope?.environments.find(({ reasonRequired }) => reasonRequired) : undefined
    return strict ?? this.scope?.environment
  }

  /** What stands in it, for what nobody has to explain. */
  get text(): string {
    return this.field.value?.trim() ?? ''
  }

  /** What stands in it; undefined, and the field says so, when it must be said and is not. */
  read(): string | undefined {
    const reason = this.text
    this.missing = this.#isRequired && reason === ''
    if (!this.missing) return reason
    this.focus()
    return undefined
  }

  override render() {
    const environment = this.environment || this.#place?.key
    const words = this.#isRequired ? `Why (${environment} wants to know)` : 'Why (goes to the history)'
    return html`<wa-input
      label=${words}
      class="bare"
      placeholder=${words}
      ?required=${this.#isRequired}
      maxlength="500"
      autocomplete="off"
      @input=${() => {
        this.missing = false
      }}
      @keydown=${this.#submit}
      ${told('missing', this.missing)}
    ></wa-input>
      <span class="error" id="missing" role="alert">${this.missing ? 'Say why, in a few words.' : nothing}</span>`
  }

  // Enter in a shadow root reaches no form outside of it.
  #submit(event: KeyboardEvent) {
    if (event.key !== 'Enter' || event.isComposing) return
    event.preventDefault()
    this.closest('form')?.requestSubmit()
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'reason-field': ReasonField
  }
}
