import { css, html, LitElement, nothing } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import type { Timeline } from '../contract.ts'
import { type ChangesView, type Span, SPANS } from '../state/changes-view.ts'
import { base } from '../styles/base.styles.ts'
import { choices } from '../styles/choices.styles.ts'
import { controls } from '../styles/controls.styles.ts'
import { wayInWords } from '../words/timeline.ts'
import { dayAndClock } from '../words/times.ts'

const KINDS: [value: string, words: string][] = [
  ['', 'everything'],
  ['kill,restore', 'kills'],
  ['change,ramp,kill,restore,verdict', 'flags'],
  ['ramp,verdict', 'ramps'],
  ['deploy', 'deploys'],
  ['request', 'change requests'],
  ['settings', 'settings'],
]

/**
 * Which time, and what of it. The address holds the same, so a link shows the same.
 *
 * @fires choose - detail: the part of the view that changed
 * @fires copy-link
 */
@customElement('change-filters')
export class ChangeFilters extends LitElement {
  static override styles = [
    base,
    controls,
    choices,
    css`
      :host {
        min-width: 0;
      }
      .row {
        justify-content: flex-end;
      }
      select.input {
        width: auto;
        max-width: 180px;
        min-height: 32px;
        padding-block: 4px;
        border-color: var(--line);
        font-size: var(--size-12);
        text-overflow: ellipsis;
      }
      @media (max-width: 720px) {
        :host {
          width: 100%;
        }
        .row {
          flex-wrap: nowrap;
          justify-content: flex-start;
          margin: 0 -12px;
          padding: 2px 12px;
          overflow-x: auto;
        }
        .row > * {
          flex-shrink: 0;
        }
      }
    `,
  ]

  @property({ attribute: false }) view!: ChangesView

  /** What it can be filtered by; null while nothing is known. */
  @property({ attribute: false }) timeline: Timeline | null = null

  @property() environment = ''

  /** The link was just copied. */
  @property({ type: Boolean }) copied = false

  #choose(part: Partial<ChangesView>) {
    this.dispatchEvent(new CustomEvent('choose', { detail: part }))
  }

  override render() {
    const { view, timeline } = this
    return html`<div class="row">
      <span class="choices" role="group" aria-label="Time">
        ${Object.entries(SPANS).map(
          ([span, [words]]) =>
            html`<button
              aria-pressed=${view.span === span ? 'true' : 'false'}
              @click=${() => this.#choose({ span: span as Span, from: '', to: '' })}
            >
              ${words}
            </button>`,
        )}
        ${
          view.span === null
            ? html`<button aria-pressed="true">
              ${dayAndClock(Date.parse(view.from))} – ${dayAndClock(Date.parse(view.to))}
            </button>`
            : nothing
        }
      </span>
      ${this.#select(
        'Where',
        view.everywhere ? 'all' : '',
        [
          ['', this.environment],
          ['all', 'all environments'],
        ],
        (value) => ({ everywhere: value === 'all' }),
      )}
      ${this.#select('What', view.kind, KINDS, (kind) => ({ kind }))}
      ${this.#facet('Who', 'anybody', view.person, timeline?.people, (person) => ({ person }))}
      ${this.#facet('Service', 'all services', view.service, timeline?.services, (service) => ({ service }))}
      ${this.#facet(
        'Way',
        'any way',
        view.source,
        timeline?.sources,
        (source) => ({ source }),
        (source) => wayInWords(source) || 'in the console',
      )}
      <wa-button appearance="outlined" size="s" @click=${() => this.dispatchEvent(new Event('copy-link'))}>
        ${this.copied ? 'Copied' : 'Copy link'}
      </wa-button>
    </div>`
  }

  #facet(
    label: string,
    all: string,
    value: string,
    names: string[] | null | undefined,
    part: (value: string) => Partial<ChangesView>,
    words: (name: string) => string = (name) => name,
  ) {
    // One of them is no choice, unless it was chosen.
    const known = names ?? []
    if (known.length < 2 && !value) return nothing
    const options = value && !known.includes(value) ? [...known, value] : known
    return this.#select(
      label,
      value,
      [['', all], ...options.map((name): [string, string] => [name, words(name)])],
      part,
    )
  }

  #select(
    label: string,
    value: string,
    options: [value: string, words: string][],
    part: (value: string) => Partial<ChangesView>,
  ) {
    return html`<select
      class="input"
      aria-label=${label}
      @change=${(event: Event) => this.#choose(part((event.target as HTMLSelectElement).value))}
    >
      ${options.map(([option, words]) => html`<option value=${option} ?selected=${option === value}>${words}</option>`)}
    </select>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'change-filters': ChangeFilters
  }
}
