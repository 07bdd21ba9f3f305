import type { ReactiveController, ReactiveControllerHost } from 'lit'

/** Rows drawn beyond each edge of the screen, so that a quick scroll meets no blank. */
const SPARE = 8

/** Of many rows of one height, tells which to draw: the page scrolls, the host keeps the room of the others. */
export class RowWindow implements ReactiveController {
  /** First row to draw, and the one after the last. */
  first = 0
  end = 0
  #host: ReactiveControllerHost
  #rows: () => { element: HTMLElement | null; count: number; height: number }

  constructor(
    host: ReactiveControllerHost,
    rows: () => { element: HTMLElement | null; count: number; height: number },
  ) {
    this.#host = host
    this.#rows = rows
    host.addController(this)
  }

  hostConnected(): void {
    addEventListener('scroll', this.measure, { passive: true })
    addEventListener('resize', this.measure, { passive: true })
  }

  hostDisconnected(): void {
    removeEventListener('scroll', this.measure)
    removeEventListener('resize', this.measure)
  }

  /** Before the first drawing nothing can be measured: a screenful is a good guess. */
  clamp(count: number): void {
    const { height } = this.#rows()
    if (this.end === 0) this.end = Math.ceil(innerHeight / height) + SPARE
    this.first = Math.max(0, Math.min(this.first, count - 1))
  }

  measure = (): void => {
    const { element, count, height } = this.#rows()
    if (!element) return
    const above = Math.max(0, -element.getBoundingClientRect().top)
    const first = Math.max(0, Math.min(Math.floor(above / height) - SPARE, count - 1))
    const end = Math.min(count, Math.ceil((above + innerHeight) / height) + SPARE)
    if (first === this.first && end === this.end) return
    this.first = first
    this.end = end
    this.#host.requestUpdate()
  }

  /** Scrolls so that a row is on the screen; true when it has to be drawn first. */
  reveal(index: number, headerPx: number): void {
    const { element, height } = this.#rows()
    if (!element) return
    const top = element.getBoundingClientRect().top + index * height
    if (top < headerPx) scrollBy({ top: top - headerPx, behavior: 'instant' })
    else if (top + height > innerHeight - 64) scrollBy({ top: top + height - innerHeight + 64, behavior: 'instant' })
    this.measure()
  }
}
