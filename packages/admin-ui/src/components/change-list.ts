import { html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { repeat } from 'lit/directives/repeat.js'
import type { AuditEntry, Permission, TimelineItem, UndoAction } from '../contract.ts'
import { Rights } from '../state/rights.ts'
import { base } from '../styles/base.styles.ts'
import { controls } from '../styles/controls.styles.ts'
import { markOf } from '../words/marks.ts'
import { circumstances, happened, undoInWords } from '../words/timeline.ts'
import { clock, dayInWords, wholeTime } from '../words/times.ts'
import { changeListStyles } from './change-list.styles.ts'
import { sentence } from './sentence.ts'
import './step-list.ts'

/**
 * What happened, newest first, each with the one button that takes it back.
 *
 * @fires undo - detail: the item
 * @fires look - detail: the id of an item whose difference is wanted
 */
@customElement('change-list')
export class ChangeList extends LitElement {
  static override styles = [base, controls, changeListStyles]

  #rights = new Rights(this)

  @property({ attribute: false }) items: TimelineItem[] = []

  /** What was asked for so far, by id. */
  @property({ attribute: false }) entries: ReadonlyMap<string, AuditEntry> = new Map()

  /** Where a flag's page is. */
  @property({ attribute: false }) link: (flag: string, environment: string | null) => string = () => ''

  @property({ type: Number }) now = 0

  /** Items whose difference is shown. */
  @state() private opened: ReadonlySet<string> = new Set()

  /** Brings an item into view and under the keyboard. */
  show(id: string) {
    const row = this.renderRoot.querySelector<HTMLElement>(`#${CSS.escape(`c-${id}`)}`)
    row?.focus({ preventScroll: true })
    row?.scrollIntoView({ block: 'center' })
  }

  override render() {
    let day = ''
    return html`<ol>
      ${repeat(
        this.items,
        ({ id }) => id,
        (item) => {
          const before = day
          day = dayInWords(item.at, this.now)
          const heading = day === before || (before === '' && day === 'Today') ? nothing : html`<h3>${day}</h3>`
          return html`<li id=${`c-${item.id}`} tabindex="-1">${heading}${this.#row(item)}</li>`
        },
      )}
    </ol>`
  }

  #row(item: TimelineItem) {
    const { shape, tone } = markOf(item)
    const opened = this.opened.has(item.id)
    return html`<div class="item ${shape} ${tone}">
      <time class="number" datetime=${item.at} title=${wholeTime(item.at)}>${clock(item.at)}</time>
      <div class="what">
        <p>${this.#happened(item)}</p>
        ${this.#more(item, opened)} ${opened ? this.#difference(item) : nothing}
      </div>
      ${this.#undo(item)}
    </div>`
  }

  #happened(item: TimelineItem) {
    const { flag, environment } = item
    return happened(item).map((part) => {
      if (typeof part === 'string') return part
      return flag === null || !('code' in part)
        ? sentence([part])
        : html`<a class="flag" href=${this.link(flag, environment)}><code>${part.code}</code></a>`
    })
  }

  #more(item: TimelineItem, opened: boolean) {
    const words = circumstances(item)
    const differs = item.version !== null || item.kind === 'request' || item.action === 'flag.edit'
    if (!words && !differs && item.url === null) return nothing
    return html`<p class="more">
      ${words}
      ${item.url === null ? nothing : html`<a href=${item.url} target="_blank" rel="noreferrer">what was deployed</a>`}
      ${
        differs
          ? html`<button class="quiet" aria-expanded=${opened ? 'true' : 'false'} @click=${() => this.#toggle(item.id)}>
            difference <span aria-hidden="true">${opened ? '▾' : '▸'}</span>
          </button>`
          : nothing
      }
    </p>`
  }

  #toggle(id: string) {
    const opened = new Set(this.opened)
    if (!opened.delete(id)) {
      opened.add(id)
      this.dispatchEvent(new CustomEvent('look', { detail: id }))
    }
    this.opened = opened
  }

  #difference({ id }: TimelineItem) {
    const entry = this.entries.get(id)
    if (!entry) return html`<p class="muted" aria-busy="true">Loading</p>`
    return html`<step-list .steps=${[{ path: '', before: entry.before, after: entry.after }]}></step-list>`
  }

  #undo(item: TimelineItem) {
    const action = item.undo?.action
    if (!action || !this.#rights.has(neededFor(action), item.environment))
      return html`<span class="undo small muted">${undoInWords(item)}</span>`
    return html`<span class="undo">
      <wa-button
        appearance="plain"
        variant="brand"
        size="s"
        title=${action.will}
        @click=${() => this.dispatchEvent(new CustomEvent('undo', { detail: item }))}
      ><span aria-hidden="true">${action.label}</span><span class="spoken">${action.label}: ${action.will}</span></wa-button>
    </span>`
  }
}

/** What the service will ask for, by the command that takes it back. */
function neededFor({ path }: UndoAction): Permission {
  if (/\/(?:kill|restore)$/.test(path) && !path.includes('/versions/')) return 'flags:kill'
  if (/\/ramp\/(?:pause|rollback)$/.test(path)) return 'ramps:stop'
  return path.includes('/ramp/') ? 'ramps:write' : 'flags:write'
}

declare global {
  interface HTMLElementTagNameMap {
    'change-list': ChangeList
  }
}
