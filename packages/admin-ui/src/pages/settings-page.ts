import { consume } from '@lit/context'
import { css, html, LitElement } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { routeTo, SETTINGS, type SettingsSection } from '../routes.ts'
import { scopeContext, type Scope } from '../state/contexts.ts'
import { base } from '../styles/base.styles.ts'
import './account-settings.ts'
import './key-settings.ts'
import './member-settings.ts'
import './place-settings.ts'
import './token-settings.ts'

/** Settings of the project, the environment and the person on screen, each section with an address of its own. */
@customElement('settings-page')
export class SettingsPage extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 16px;
      }
      nav {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 20px;
        border-bottom: 1px solid var(--line);
      }
      nav a {
        padding: 8px 0;
        border-bottom: 2px solid transparent;
        color: var(--ink-2);
        font-weight: 500;
        text-decoration: none;
      }
      nav a:hover {
        color: var(--ink);
      }
      nav a[aria-current='page'] {
        border-color: var(--accent);
        color: var(--ink);
      }
      @media (pointer: coarse) {
        nav a {
          padding: 12px 0;
        }
      }
    `,
  ]

  @consume({ context: scopeContext, subscribe: true })
  @state()
  private scope!: Scope

  @property() section: SettingsSection = 'keys'

  override connectedCallback() {
    super.connectedCallback()
    document.title = 'Settings · Rampart'
  }

  override render() {
    const { project, environment } = this.scope
    return html`<h1>Settings</h1>
      <nav aria-label="Settings">
        ${SETTINGS.map(([word, name]) => {
          const rest = word === 'keys' ? [] : [word]
          return html`<a
            href=${routeTo(project, environment.key, 'settings', ...rest)}
            aria-current=${word === this.section ? 'page' : 'false'}
            >${name}</a
          >`
        })}
      </nav>
      ${this.#section()}`
  }

  #section() {
    if (this.section === 'members') return html`<member-settings></member-settings>`
    if (this.section === 'tokens') return html`<token-settings></token-settings>`
    if (this.section === 'account') return html`<account-settings></account-settings>`
    if (this.section === 'projects') return html`<place-settings></place-settings>`
    return html`<key-settings></key-settings>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'settings-page': SettingsPage
  }
}
