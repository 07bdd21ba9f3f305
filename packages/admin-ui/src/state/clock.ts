import type { ReactiveController, ReactiveControllerHost } from 'lit'

/** The present, redrawn every half minute unless told otherwise, so that "2 min ago" does not lie on a screen left open. */
export class Clock implements ReactiveController {
  now = Date.now()
  #host: ReactiveControllerHost
  #everyMs: number
  #timer: ReturnType<typeof setInterval> | undefined

  /** @param everyMs between two looks at the clock */
  constructor(host: ReactiveControllerHost, everyMs = 30_000) {
    this.#host = host
    this.#everyMs = everyMs
    host.addController(this)
  }

  hostConnected(): void {
    this.#timer = setInterval(() => {
      this.now = Date.now()
      this.#host.requestUpdate()
    }, this.#everyMs)
  }

  hostDisconnected(): void {
    clearInterval(this.#timer)
  }
}
