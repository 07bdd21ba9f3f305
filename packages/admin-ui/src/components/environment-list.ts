import { css, html, LitElement } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import type { Environment } from '../contract.ts'
import { base } from '../styles/base.styles.ts'
import { controls } from '../styles/controls.styles.ts'

export interface EnvironmentChange {
  environment: string
  patch: Partial<Environment>
}

/** What can be said of an environment by yes or no. */
const QUESTIONS = [
  ['production', 'serves real users'],
  ['reasonRequired', 'changes need a reason'],
  ['approvalRequired', 'edits need a second person'],
] as const

/**
 * The environments of a project and what each asks of whoever changes something in it.
 *
 * @fires change-environment - detail: EnvironmentChange
 */
@customElement('environment-list')
export class EnvironmentList extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      li {
        display: grid;
        grid-template-columns: minmax(120px, 1fr) 3fr;
        align-items: center;
        gap: 4px 16px;
        padding: 12px 0;
        border-top: 1px solid var(--line);
      }
      .facts {
        display: flex;
        flex-wrap: wrap;
        gap: 8px 24px;
      }
      @media (max-width: 720px) {
        li {
          grid-template-columns: minmax(0, 1fr);
        }
      }
    `,
  ]

  @property({ attribute: false }) environments: Environment[] = []

  @property({ type: Boolean }) saving = false

  #answer(environment: Environment, fact: (typeof QUESTIONS)[number][0], event: Event) {
    const box = event.target as HTMLInputElement
    const detail: EnvironmentChange = { environment: environment.key, patch: { [fact]: box.checked } }
    // What is shown is what the service says: the box moves when it has answered.
    box.checked = environment[fact]
    this.dispatchEvent(new CustomEvent('change-environment', { detail }))
  }

  override render() {
    return html`<ul>
      ${this.environments.map(
        (environment) => html`<li>
          <span><strong>${environment.name}</strong> <code class="muted">${environment.key}</code></span>
          <span class="facts" role="group" aria-label=${environment.name}>
            ${QUESTIONS.map(
              ([fact, words]) => html`<wa-checkbox
                  .checked=${environment[fact]}
                  ?disabled=${this.saving}
                  @change=${(event: Event) => this.#answer(environment, fact, event)}
                >${words}</wa-checkbox>`,
            )}
          </span>
        </li>`,
      )}
    </ul>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'environment-list': EnvironmentList
  }
}
