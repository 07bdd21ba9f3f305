import { css, html, LitElement } from 'lit'
import { customElement, state } from 'lit/decorators.js'
import { applyTheme, rememberedTheme, type Theme } from '../state/preferences.ts'
import { base } from '../styles/base.styles.ts'
import { choices } from '../styles/choices.styles.ts'

const THEMES: Theme[] = ['system', 'light', 'dark']

/** Light, dark, or as the system says. */
@customElement('theme-switch')
export class ThemeSwitch extends LitElement {
  static override styles = [
    base,
    choices,
    css`
      .choices {
        display: flex;
      }
      .choices button {
        flex: 1;
      }
    `,
  ]

  @state() private theme = rememberedTheme()

  #choose(theme: Theme) {
    this.theme = theme
    applyTheme(theme)
  }

  override render() {
    return html`<div class="choices" role="group" aria-label="Theme">
      ${THEMES.map(
        (theme) =>
          html`<button aria-pressed=${this.theme === theme ? 'true' : 'false'} @click=${() => this.#choose(theme)}>
            ${theme}
          </button>`,
      )}
    </div>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'theme-switch': ThemeSwitch
  }
}
