import { consume } from '@lit/context'
import { Task } from '@lit/task'
import type { Prerequisite } from '@rampart/evaluation'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, queryAll, state } from 'lit/decorators.js'
import { live } from 'lit/directives/live.js'
import { readerContext } from '../state/contexts.ts'
import type { Reader } from '../state/surroundings.ts'
import { base } from '../styles/base.styles.ts'
import { controls } from '../styles/controls.styles.ts'

/** What the service takes. */
const MOST = 20

/** What is known of a flag that is named; null when there is none of this name. */
type Named = { variants: string[]; offVariant: string } | null

/**
 * Other flags that must give one of the wanted variants before anybody is asked about, one a row.
 *
 * @fires change - detail: the new prerequisites
 */
@customElement('prerequisite-list')
export class PrerequisiteList extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      :host {
        display: grid;
        gap: 8px;
      }
      .prerequisite {
        display: grid;
        grid-template-columns: 72px minmax(120px, 320px) minmax(0, 1fr) auto;
        align-items: center;
        gap: 8px;
      }
      .joint {
        color: var(--ink-2);
      }
      .variants {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px 16px;
      }
      @media (max-width: 720px) {
        .prerequisite {
          grid-template-columns: minmax(0, 1fr) auto;
        }
        .only,
        .variants {
          grid-column: 1 / -1;
        }
        .input {
          grid-column: 1;
        }
        .prerequisite wa-button {
          grid-column: 2;
          grid-row: 2;
        }
      }
    `,
  ]

  @queryAll('.prerequisite') private rows!: NodeListOf<HTMLElement>

  @consume({ context: readerContext, subscribe: true })
  @state()
  private reader?: Reader

  @property({ attribute: false }) prerequisites: Prerequisite[] = []

  /** The flag that would have them: nothing can wait for itself. */
  @property() flagKey = ''

  /** Flags that were named a moment ago, and whose usual variant is wanted until somebody says otherwise. */
  #fresh = new Set<string>()

  #keys = new Task(this, {
    args: () => [this.reader] as const,
    task: async ([reader], { signal }) =>
      ((await reader?.flagKeys(signal)) ?? []).filter((key) => key !== this.flagKey),
  })

  #named = new Task(this, {
    args: () => [this.reader, this.#askable().join('\n')] as const,
    task: async ([reader], { signal }) => {
      const before = this.#named.value
      const read = async (key: string): Promise<[string, Named]> => {
        const known = before?.get(key)
        if (known) return [key, known]
        const flag = await reader?.flag(key, signal)
        return [key, flag ? { variants: flag.variants.map(({ name }) => name), offVariant: flag.offVariant } : null]
      }
      return new Map(await Promise.all(this.#askable().map(read)))
    },
    onComplete: (named) => this.#wantTheUsual(named),
  })

  /** Names worth asking about: a key that is half typed is none. */
  #askable(): string[] {
    const keys = new Set(this.#keys.value)
    return [...new Set(this.prerequisites.map(({ flag }) => flag))].filter((flag) => flag && keys.has(flag))
  }

  #wantTheUsual(named: Map<string, Named>) {
    const wanted = this.prerequisites.map((one) => {
      const flag = named.get(one.flag)
      if (!flag || one.variants.length > 0 || !this.#fresh.has(one.flag)) return one
      const usual = flag.variants.find((name) => name !== flag.offVariant)
      return usual === undefined ? one : { ...one, variants: [usual] }
    })
    this.#fresh.clear()
    if (wanted.some((one, index) => one !== this.prerequisites[index])) this.#change(wanted)
  }

  #change(prerequisites: Prerequisite[]) {
    this.dispatchEvent(new CustomEvent('change', { detail: prerequisites }))
  }

  #replace(index: number, prerequisite: Prerequisite) {
    this.#change(this.prerequisites.with(index, prerequisite))
  }

  #name(index: number, event: InputEvent) {
    const flag = (event.target as HTMLInputElement).value.trim()
    if (flag === this.prerequisites[index]?.flag) return
    this.#fresh.add(flag)
    this.#replace(index, { flag, variants: [] })
  }

  #want(index: number, variant: string, wanted: boolean) {
    const { flag, variants } = this.prerequisites[index] as Prerequisite
    const others = variants.filter((name) => name !== variant)
    this.#replace(index, { flag, variants: wanted ? [...others, variant] : others })
  }

  async #add() {
    this.#change([...this.prerequisites, { flag: '', variants: [] }])
    await this.updateComplete
    await new Promise(requestAnimationFrame)
    this.rows[this.rows.length - 1]?.querySelector('input')?.focus()
  }

  override render() {
    return html`<datalist id="flags">${(this.#keys.value ?? []).map((key) => html`<option value=${key}></option>`)}</datalist>
      ${this.prerequisites.map((prerequisite, index) => this.#row(prerequisite, index))}
      <div>
        <wa-button appearance="outlined" size="s" ?disabled=${this.prerequisites.length >= MOST} @click=${this.#add}>
          Add a prerequisite
        </wa-button>
      </div>`
  }

  #row(prerequisite: Prerequisite, index: number) {
    const { flag } = prerequisite
    const keys = this.#keys.value
    const isUnknown = flag !== '' && keys !== undefined && !keys.includes(flag)
    return html`<div class="prerequisite" role="group" aria-label="Prerequisite ${index + 1}">
      <span class="joint only">${index === 0 ? 'only when' : 'and'}</span>
      <input
        class="input mono"
        list="flags"
        aria-label="Flag"
        placeholder="flag"
        autocomplete="off"
        spellcheck="false"
        aria-invalid=${isUnknown ? 'true' : 'false'}
        .value=${live(flag)}
        @input=${(event: InputEvent) => this.#name(index, event)}
      />
      ${this.#variants(prerequisite, index, isUnknown)}
      <wa-button
        appearance="outlined"
        size="s"
        @click=${() => this.#change(this.prerequisites.toSpliced(index, 1))}
      ><span aria-hidden="true">✕</span><span class="spoken">Remove prerequisite ${index + 1}</span></wa-button>
    </div>`
  }

  #variants({ flag, variants }: Prerequisite, index: number, isUnknown: boolean) {
    // One that is wanted and not known stays visible: dropping it would change what is asked for.
    const known = [...new Set([...(this.#named.value?.get(flag)?.variants ?? []), ...variants])]
    return html`<span class="variants" role="group" aria-label="Wanted variants">
      <span class="joint">gives</span>
      ${
        isUnknown
          ? html`<span class="muted">${flag === this.flagKey ? 'itself: that can never be' : 'no flag of this name yet'}</span>`
          : nothing
      }
      ${known.map(
        (name) =>
          html`<wa-checkbox
              .checked=${live(variants.includes(name))}
              @change=${(event: Event) => this.#want(index, name, (event.target as HTMLInputElement).checked)}
            ><code>${name}</code></wa-checkbox>`,
      )}
    </span>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'prerequisite-list': PrerequisiteList
  }
}
