// What the graph paints by hand: colours out of the theme, the look of each line, and the vertical lines of changes.
import type uPlot from 'uplot'
import type { Marker } from '../contract.ts'
import { markerLabel } from '../words/markers.ts'

/** Room below the axis for the words of the vertical lines, in CSS pixels. */
export const LABEL_ROOM = 20

/** Nearer than this (CSS pixels) the pointer means a vertical line. */
const REACH = 6

export interface Colours {
  ink: string
  muted: string
  line: string
  accent: string
  red: string
  font: string
}

/** A canvas cannot read custom properties with light-dark() in them: the browser resolves them on an element. */
export function colours(within: HTMLElement): Colours {
  const probe = document.createElement('span')
  within.append(probe)
  const resolve = (name: string) => {
    probe.style.color = `var(${name})`
    return getComputedStyle(probe).color
  }
  const found = {
    ink: resolve('--ink'),
    muted: resolve('--ink-2'),
    line: resolve('--line'),
    accent: resolve('--accent'),
    red: resolve('--red'),
    font: getComputedStyle(probe).fontFamily,
  }
  probe.remove()
  return found
}

export interface LineLook {
  colour: string
  width: number
  dash: number[] | undefined
}

/** The off variant is grey; the others share the accent and the ink, told apart by dashes. Null gives CSS names. */
export function lineLooks(variants: string[], offVariant: string, paint: Colours | null): LineLook[] {
  const accent = paint?.accent ?? 'var(--accent)'
  const ink = paint?.ink ?? 'var(--ink)'
  const muted = paint?.muted ?? 'var(--ink-2)'
  let others = 0
  return variants.map((variant) => {
    if (variant === offVariant) return { colour: muted, width: 1.25, dash: undefined }
    const place = others++
    const dashes = [undefined, [6, 4], [2, 3], [10, 3, 2, 3]]
    return { colour: place % 2 === 0 ? accent : ink, width: 2, dash: dashes[Math.floor(place / 2) % dashes.length] }
  })
}

/**
 * Draws the vertical lines, and their words where there is room for them.
 * @param hasWords false for a graph below another one, which has the words already
 */
export function drawMarkers(plot: uPlot, markers: Marker[], paint: Colours, hasWords = true): void {
  const { ctx, bbox } = plot
  const ratio = devicePixelRatio
  let free = bbox.left
  ctx.save()
  ctx.font = `${12 * ratio}px ${paint.font}`
  ctx.textBaseline = 'bottom'
  ctx.textAlign = 'left'
  for (const marker of [...markers].sort((a, b) => a.at.localeCompare(b.at))) {
    const x = Math.round(plot.valToPos(Date.parse(marker.at) / 1000, 'x', true))
    if (x < bbox.left || x > bbox.left + bbox.width) continue
    const colour = markerColour(marker, paint)
    ctx.strokeStyle = colour
    ctx.lineWidth = ratio * (marker.kind === 'deploy' ? 1 : 1.5)
    ctx.setLineDash(marker.kind === 'deploy' ? [3 * ratio, 3 * ratio] : [])
    ctx.beginPath()
    ctx.moveTo(x, bbox.top)
    ctx.lineTo(x, bbox.top + bbox.height)
    ctx.stroke()
    if (!hasWords) continue
    const words = markerLabel(marker)
    const width = ctx.measureText(words).width
    const left = Math.min(x, bbox.left + bbox.width - width)
    if (left < free) continue
    ctx.fillStyle = colour
    ctx.fillText(words, left, plot.height * ratio)
    free = left + width + 10 * ratio
  }
  ctx.restore()
}

/** The change nearest to a place on the plot (CSS pixels from its left edge), if one is within reach. */
export function nearestMarker(plot: uPlot, markers: Marker[], left: number): Marker | null {
  let best: Marker | null = null
  let distance = REACH
  for (const marker of markers) {
    const away = Math.abs(plot.valToPos(Date.parse(marker.at) / 1000, 'x') - left)
    if (away > distance) continue
    distance = away
    best = marker
  }
  return best
}

function markerColour({ kind }: Marker, paint: Colours): string {
  if (kind === 'kill') return paint.red
  return kind === 'change' ? paint.accent : paint.muted
}
