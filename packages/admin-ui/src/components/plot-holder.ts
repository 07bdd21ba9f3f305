import type { ReactiveController, ReactiveControllerHost } from 'lit'
import uPlot from 'uplot'
import { colours, type Colours } from './exposure-drawing.ts'

export interface Drawing {
  /** Two drawings of one look differ in their numbers only: those go into the plot that stands. */
  look: string
  data: uPlot.AlignedData
  options(paint: Colours, width: number): uPlot.Options
}

/** Charts of one name share the pointer: a place on one is the same moment on all. */
export const SHARED_POINTER = 'flag-graphs'

/**
 * Keeps a plot in an element: as wide as its room, in the colours of the theme, and gone with it. The host calls `draw`
 * when its numbers have changed.
 */
export class PlotHolder implements ReactiveController {
  plot: uPlot | null = null
  readonly #height: number
  readonly #room: () => HTMLElement
  readonly #drawing: () => Drawing
  #look = ''
  #isDrawn = false
  #sizes = new ResizeObserver(([entry]) => {
    const width = Math.floor(entry?.contentRect.width ?? 0)
    if (width > 0) this.plot?.setSize({ width, height: this.#height })
  })
  #scheme = matchMedia('(prefers-color-scheme: dark)')

  constructor(host: ReactiveControllerHost, height: number, room: () => HTMLElement, drawing: () => Drawing) {
    this.#height = height
    this.#room = room
    this.#drawing = drawing
    host.addController(this)
  }

  hostConnected(): void {
    this.#scheme.addEventListener('change', this.#repaint)
    addEventListener('rampart-theme', this.#repaint)
    if (this.#isDrawn) this.draw()
  }

  hostDisconnected(): void {
    this.#scheme.removeEventListener('change', this.#repaint)
    removeEventListener('rampart-theme', this.#repaint)
    this.#sizes.disconnect()
    this.#forget()
  }

  draw(): void {
    this.#isDrawn = true
    const { look, data, options } = this.#drawing()
    if (this.plot && look === this.#look) {
      this.plot.setData(data)
      return
    }
    this.#forget()
    this.#look = look
    const room = this.#room()
    this.plot = new uPlot(options(colours(room), Math.max(200, room.clientWidth)), data, room)
    this.#sizes.observe(room)
  }

  #repaint = () => {
    this.#forget()
    this.draw()
  }

  #forget() {
    this.plot?.destroy()
    this.plot = null
  }
}

/** What every chart of the page has in common: one pointer, and a drag that asks for a narrower span. */
export function sharedCursor(): uPlot.Cursor {
  const isMove = (type: string) => type === 'mousemove' || type === 'mouseleave'
  return {
    y: false,
    points: { show: false },
    drag: { x: true, y: false, setScale: false },
    sync: { key: SHARED_POINTER, setSeries: false, filters: { pub: isMove, sub: isMove } },
  }
}

/** A span that was dragged over, milliseconds since 1970. */
export interface Span {
  fromMs: number
  toMs: number
}

/** Nearer together than this (CSS pixels) the ends of a drag are a click. */
const LEAST_DRAG = 8

/** The span that was selected by dragging, which is then no longer selected; null for a click. */
export function takeSelection(plot: uPlot): Span | null {
  const { left, width } = plot.select
  if (width < LEAST_DRAG) return null
  const at = (place: number) => Math.round(plot.posToVal(place, 'x') * 1000)
  const span = { fromMs: at(left), toMs: at(left + width) }
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
  return span
}
