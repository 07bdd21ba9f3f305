import { WEIGHT_SCALE } from '@rampart/evaluation'
import { css, html, LitElement } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { base } from '../styles/base.styles.ts'
import { stations } from '../styles/stations.styles.ts'
import { formatShare } from '../words/shares.ts'

/** The usual steps. Small ones come first and stand as wide apart as large ones, because that is where care is. */
const STATIONS = [0, 1, 5, 10, 25, 50, 100].map((percent) => (percent * WEIGHT_SCALE) / 100)

/**
 * The way from nobody to everyone as stations on a line: what is reached, where it is, where an edit would go.
 *
 * @fires choose - detail: a weight
 */
@customElement('ramp-track')
export class RampTrack extends LitElement {
  static override styles = [
    base,
    stations,
    css`
      .track {
        position: relative;
      }
      .line {
        position: absolute;
        top: 15px;
        left: calc(100% / 14);
        width: calc(100% * 6 / 7);
        height: 3px;
        border-radius: 2px;
        background: var(--line);
      }
      .stations {
        position: relative;
        display: grid;
        grid-template-columns: repeat(7, 1fr);
      }
      .station {
        display: grid;
        justify-items: center;
        gap: 6px;
        min-height: 56px;
        padding: 6px 0 0;
        border: 0;
        background: none;
        cursor: pointer;
      }
      .station:hover:not(.done, .here, .wanted)::before {
        border-color: var(--line-strong);
      }
      @media (max-width: 720px) {
        .station {
          font-size: var(--size-12);
        }
      }
    `,
  ]

  /** What is served now, out of 100 000. */
  @property({ type: Number }) weight = 0

  /** What the edit would serve; the same as `weight` while nothing is edited. */
  @property({ type: Number }) draft = 0

  /** Nobody gets it whatever the weight says: the flag is killed or off. */
  @property({ type: Boolean }) still = false

  override render() {
    const [low, high] = this.weight < this.draft ? [this.weight, this.draft] : [this.draft, this.weight]
    return html`<div class="track ${this.still ? 'killed' : ''}">
      <svg class="line" viewBox="0 0 100 3" preserveAspectRatio="none" aria-hidden="true">
        <rect class="planned" width=${position(high)} height="3"></rect>
        <rect class="reached" width=${position(low)} height="3"></rect>
      </svg>
      <div class="stations" role="group" aria-label="Usual steps">
        ${STATIONS.map((station) => {
          const label = formatShare(station)
          return html`<button
            type="button"
            class="station ${this.#look(station)}"
            aria-label="Set ${label}"
            aria-pressed=${this.draft === station ? 'true' : 'false'}
            @click=${() => this.dispatchEvent(new CustomEvent('choose', { detail: station }))}
          >
            ${label}
          </button>`
        })}
      </div>
    </div>`
  }

  #look(station: number): string {
    if (station === this.draft && this.draft !== this.weight) return 'wanted'
    if (station === this.weight) return 'here'
    return station < this.weight ? 'done' : ''
  }
}

/** Where on the line (0 .. 100) a weight stands; between two stations it is in proportion. */
function position(weight: number): number {
  const next = STATIONS.findIndex((station) => station >= weight)
  if (next <= 0) return 0
  const from = STATIONS[next - 1] ?? 0
  const to = STATIONS[next] ?? WEIGHT_SCALE
  return ((next - 1 + (weight - from) / (to - from)) / (STATIONS.length - 1)) * 100
}

declare global {
  interface HTMLElementTagNameMap {
    'ramp-track': RampTrack
  }
}
