import type { ReactiveController, ReactiveControllerHost } from 'lit'

const STILL = matchMedia('(prefers-reduced-motion: reduce)')
const GLIDE_MS = 120

/**
 * Lets a pointer put a list of items in another order. The host draws the order; this tells it, while something is held,
 * where that belongs, and lets the others glide there, unless the person wants no motion. Escape puts it back.
 */
export class DragOrder implements ReactiveController {
  /** Index of the item that is held; null while none is. */
  held: number | null = null
  #host: ReactiveControllerHost
  #items: () => HTMLElement[]
  #move: (from: number, to: number) => void
  #start = 0

  constructor(host: ReactiveControllerHost, items: () => HTMLElement[], move: (from: number, to: number) => void) {
    this.#host = host
    this.#items = items
    this.#move = move
    host.addController(this)
  }

  hostDisconnected(): void {
    this.#release()
  }

  /** Takes hold of an item, until the pointer is let go. */
  grab(index: number): void {
    this.held = index
    this.#start = index
    // Of the window: the held item changes its place in the document, which would end a capture by itself.
    addEventListener('pointermove', this.#follow)
    addEventListener('pointerup', this.#release)
    addEventListener('pointercancel', this.#release)
    addEventListener('keydown', this.#press, { capture: true })
    this.#host.requestUpdate()
  }

  #follow = (event: PointerEvent): void => {
    const { held } = this
    if (held === null) return
    const items = this.#items()
    const middle = (index: number) => {
      const { top, height } = items[index]?.getBoundingClientRect() ?? { top: 0, height: 0 }
      return top + height / 2
    }
    if (held > 0 && event.clientY < middle(held - 1)) void this.#shift(held - 1)
    else if (held < items.length - 1 && event.clientY > middle(held + 1)) void this.#shift(held + 1)
  }

  async #shift(to: number): Promise<void> {
    const from = this.held
    if (from === null || from === to) return
    const before = new Map(this.#items().map((item) => [item, item.getBoundingClientRect().top]))
    this.held = to
    this.#move(from, to)
    await this.#host.updateComplete
    if (STILL.matches) return
    for (const [item, top] of before) {
      const by = top - item.getBoundingClientRect().top
      if (by !== 0) item.animate([{ transform: `translateY(${by}px)` }, { transform: 'none' }], GLIDE_MS)
    }
  }

  #press = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return
    event.preventDefault()
    event.stopPropagation()
    void this.#shift(this.#start)
    this.#release()
  }

  #release = (): void => {
    removeEventListener('pointermove', this.#follow)
    removeEventListener('pointerup', this.#release)
    removeEventListener('pointercancel', this.#release)
    removeEventListener('keydown', this.#press, { capture: true })
    if (this.held === null) return
    this.held = null
    this.#host.requestUpdate()
  }
}
