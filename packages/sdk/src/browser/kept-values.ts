import { type Answer, isAnswer } from './evaluated-flags.ts'
import type { KeyValueStorage } from './browser-options.ts'

/** A browser that several people use keeps the values of the last few. */
const KEPT = 3
/** Storage is shared with the page's own things, and small. */
const MAX_CHARACTERS = 262_144

/** Last known values, so that a page shows what it showed before when the service is away, and at its first paint. */
export interface KeptValues {
  /** Of exactly this visitor. */
  find(print: string): Answer | undefined
  keep(print: string, answer: Answer): void
}

/** Asked for each time: where it is refused, reading `localStorage` is what throws. */
export type StorageOf = () => KeyValueStorage | null | undefined

export function createKeptValues(storage: StorageOf, clientKey: string): KeptValues {
  const place = `rampart.${clientKey.slice(-8)}`

  function read(): [string, Answer][] {
    try {
      const entries: [string, Answer][] = JSON.parse(readFrom(storage, place) ?? '')
      return entries.filter(([, answer]) => isAnswer(answer))
    } catch {
      return []
    }
  }

  return {
    find: (print) => read().find(([of]) => of === print)?.[1],
    keep(print, answer) {
      const others = read().filter(([of]) => of !== print)
      const text = JSON.stringify([[print, answer], ...others].slice(0, KEPT))
      if (text.length <= MAX_CHARACTERS) writeTo(storage, place, text)
    },
  }
}

/** A browser may refuse its storage: then nothing was kept. */
export function readFrom(storage: StorageOf, place: string): string | null | undefined {
  try {
    return storage()?.getItem(place)
  } catch {
    return null
  }
}

/** Where there is no room left, the next visit starts without. */
export function writeTo(storage: StorageOf, place: string, text: string): void {
  try {
    storage()?.setItem(place, text)
  } catch {}
}
