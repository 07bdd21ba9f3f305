import { css, html, LitElement } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { base } from '../styles/base.styles.ts'

/** Rows in grey where rows will be, so that nothing jumps when they come. */
@customElement('list-skeleton')
export class ListSkeleton extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--surface);
      }
      div {
        height: 60px;
        padding: 22px 16px;
        border-bottom: 1px solid var(--line);
      }
      div::before {
        display: block;
        width: 38%;
        height: 14px;
        border-radius: 4px;
        background: var(--raised);
        content: '';
      }
    `,
  ]

  @property({ type: Number }) rows = 8

  override render() {
    return html`<span class="spoken" role="status">Loading</span>${Array.from({ length: this.rows }, () => html`<div></div>`)}`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'list-skeleton': ListSkeleton
  }
}
