import { consume } from '@lit/context'
import { Task } from '@lit/task'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { Configuration, ConfigurationEdit, Flag } from '../contract.ts'
import { readerContext } from '../state/contexts.ts'
import { errorText } from '../state/errors.ts'
import { flagDocument } from '../state/flag-document.ts'
import { followChanges } from '../state/follow-changes.ts'
import { attributesAsked, bothOf, type Fate, fates } from '../state/preview.ts'
import { namedIn, type Reader, readSurroundings } from '../state/surroundings.ts'
import { base } from '../styles/base.styles.ts'
import { controls } from '../styles/controls.styles.ts'

/** More would only be read by a machine, and a machine has the SDK. */
const MOST_IDS = 200

/**
 * Paste a few ids and see what each gets now and after saving, by the very code that applications run, with the segments
 * and the other flags of the environment: nothing is told before they are read.
 */
@customElement('id-preview')
export class IdPreview extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      summary {
        color: var(--accent);
        font-weight: 500;
        cursor: pointer;
      }
      .open {
        display: grid;
        grid-template-columns: minmax(180px, 1fr) minmax(0, 2fr);
        gap: 20px;
        margin-top: 12px;
      }
      table {
        width: 100%;
        border-collapse: collapse;
      }
      th,
      td {
        height: 32px;
        padding: 4px 12px 4px 0;
        border-bottom: 1px solid var(--line);
        text-align: left;
      }
      thead th {
        color: var(--ink-2);
        font-size: var(--size-12);
        font-weight: 500;
      }
      .list {
        max-height: 320px;
        overflow: auto;
      }
      .asked {
        margin: 4px 0 8px;
      }
      .moved {
        color: var(--accent);
        font-weight: 600;
      }
      @media (max-width: 720px) {
        .open {
          grid-template-columns: 1fr;
        }
      }
    `,
  ]

  @state() private ids: string[] = []

  @consume({ context: readerContext, subscribe: true })
  @state()
  private reader?: Reader

  @property({ attribute: false }) flag!: Flag

  @property({ attribute: false }) configuration!: Configuration

  /** The edit that is not saved yet. */
  @property({ attribute: false }) next: Partial<ConfigurationEdit> = {}

  /** False while there is no edit: then only today's answer is shown. */
  @property({ type: Boolean }) edited = false

  #around = new Task(this, {
    args: () => [this.ids.length > 0, this.reader, this.#names] as const,
    task: async ([asked, reader, names], { signal }) => {
      if (!asked) return null
      const { others, segments } = await readSurroundings(this.#both, reader ?? NO_READER, signal)
      return { names, others, segments }
    },
  })

  constructor() {
    super()
    // What it depends on changes without this flag changing.
    followChanges(
      this,
      () => this.ids.length > 0 && this.#names !== '',
      () => void this.#around.run(),
    )
  }

  get #now() {
    return flagDocument(this.flag, this.configuration, this.configuration.kill.killed)
  }

  get #next() {
    const edit = this.edited ? this.next : {}
    // A kill stays above every edit: saving does not take it back.
    return flagDocument(this.flag, { ...this.configuration, ...edit }, this.configuration.kill.killed)
  }

  get #both() {
    return bothOf(this.#now, this.#next)
  }

  /** What has to be read; the same as long as an edit names nothing else. */
  get #names(): string {
    const { flags, segments } = namedIn([this.#both], [])
    return [...flags, '', ...segments].sort().join('\n').trim()
  }

  #read(event: InputEvent) {
    const text = (event.target as HTMLTextAreaElement).value
    this.ids = [...new Set(text.split(/[\s,;]+/).filter(Boolean))].slice(0, MOST_IDS)
  }

  override render() {
    return html`<details>
      <summary>Who exactly? Paste some ids</summary>
      <div class="open">
        <wa-textarea
          id="ids"
          label="User ids, one a line"
          class="mono"
          spellcheck="false"
          @input=${this.#read}
          hint="They stay in this browser."
          rows="3"
        ></wa-textarea>
        ${this.#told()}
      </div>
    </details>`
  }

  #told() {
    if (this.ids.length === 0)
      return html`<p class="muted">Each id is tried against the flag as it is and as it would be.</p>`
    const { value, error } = this.#around
    if (error) return html`<p class="error" role="alert">Nothing can be told. ${errorText(error)}</p>`
    if (!value || value.names !== this.#names)
      return html`<p class="muted" aria-busy="true">Reading what it depends on</p>`
    const around = { ...value, flag: this.#now }
    return this.#table(fates(around, this.#next, this.ids), attributesAsked(around, this.#next))
  }

  #table(shown: Fate[], attributes: string[]) {
    const moved = shown.filter(({ before, after }) => before !== after).length
    return html`<div>
      <p role="status">${this.edited ? `${moved} of ${shown.length} would change.` : `${shown.length} ids tried.`}</p>
      ${
        attributes.length === 0
          ? nothing
          : html`<p class="small asked">
              It also depends on <strong>${attributes.join(', ')}</strong>. A bare id has none of that, so it counts as
              missing here; “Try it” below takes attributes.
            </p>`
      }
      <div class="list" tabindex="0" role="region" aria-label="Ids">
        <table>
          <thead>
            <tr>
              <th scope="col">Id</th>
              <th scope="col">Now</th>
              ${this.edited ? html`<th scope="col">After saving</th>` : nothing}
            </tr>
          </thead>
          <tbody>
            ${shown.map(
              ({ id, before, after }) =>
                html`<tr>
                  <th scope="row"><code>${id}</code></th>
                  <td><code>${before}</code></td>
                  ${
                    this.edited
                      ? html`<td class=${before === after ? 'muted' : 'moved'}>
                        ${before === after ? 'the same' : html`<code>${after}</code>`}
                      </td>`
                      : nothing
                  }
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
    </div>`
  }
}

/** Where nothing can be read nothing may be told either. */
const NO_READER: Pick<Reader, 'flag' | 'segment'> = {
  flag: () => Promise.reject(new Error('Other flags cannot be read here.')),
  segment: () => Promise.reject(new Error('Segments cannot be read here.')),
}

declare global {
  interface HTMLElementTagNameMap {
    'id-preview': IdPreview
  }
}
