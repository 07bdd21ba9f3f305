import type { User } from '@rampart/evaluation'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import type { Path, Step } from '../state/path-taken.ts'
import { base } from '../styles/base.styles.ts'
import { attributeText, nameOfUser, reasonText, stepParts } from '../words/path.ts'
import { conditionsParts, valueText } from '../words/sentences.ts'
import { sentence } from './sentence.ts'

/** The path somebody takes through a flag: each step, where it ended, and the answer. */
@customElement('path-list')
export class PathList extends LitElement {
  static override styles = [
    base,
    css`
      .answer {
        font-size: var(--size-16);
        overflow-wrap: anywhere;
      }
      ol {
        margin-top: 12px;
      }
      .step {
        display: grid;
        grid-template-columns: 24px minmax(0, 1fr);
        padding: 6px 0;
        border-bottom: 1px solid var(--line);
        overflow-wrap: anywhere;
      }
      .step:last-child {
        border-bottom: 0;
      }
      .mark {
        color: var(--ink-2);
      }
      .decided {
        font-weight: 600;
      }
      .decided .mark {
        color: var(--accent);
      }
      .conditions {
        color: var(--ink-2);
        font-size: var(--size-12);
        font-weight: 400;
      }
      .fails {
        color: var(--ink);
      }
    `,
  ]

  @property({ attribute: false }) path!: Path

  @property({ attribute: false }) user: User

  @property() offVariant = ''

  override render() {
    const { steps, answer } = this.path
    const rules = steps.filter(({ kind }) => kind === 'rule')
    return html`<p class="answer" role="status">
        <strong>${nameOfUser(this.user)}</strong> gets <code>${answer.variant ?? 'the default in the code'}</code>${
          answer.variant === undefined ? nothing : html` <span class="muted">${valueText(answer.value)}</span>`
        }, ${reasonText(answer)}.
      </p>
      <ol aria-label="The path taken">
        ${steps.map((step) => this.#step(step, rules.indexOf(step) + 1))}
      </ol>`
  }

  #step(step: Step, place: number) {
    const ended = step.outcome === 'decided'
    return html`<li class="step ${step.outcome}">
      <span class="mark" aria-hidden="true">${ended ? '→' : '·'}</span>
      <div>
        ${sentence(stepParts(step, place, this.offVariant))}
        ${
          step.conditions?.length
            ? html`<ul class="conditions">
              ${step.conditions.map(
                ({ condition, holds }) =>
                  html`<li class=${holds ? '' : 'fails'}>
                    <span aria-hidden="true">${holds ? '✓' : '✗'}</span> ${sentence(conditionsParts([condition]))}${
                      condition.op === 'segment' ? nothing : html` · ${attributeText(condition.attribute, this.user)}`
                    }: ${holds ? 'holds' : html`<strong>does not hold</strong>`}
                  </li>`,
              )}
            </ul>`
            : nothing
        }
      </div>
    </li>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'path-list': PathList
  }
}
