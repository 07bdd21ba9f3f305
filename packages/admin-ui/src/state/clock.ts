import type { ReactiveController, ReactiveControllerHost } from 'lit'

/** The present, redrawn every half minute, so that "2 min ago" does not lie on a screen left open. */
export class Clock implements ReactiveController {
  now = Date.now()
  #host: ReactiveControllerHost
  #timer: ReturnType<typeof setInterval> | undefined

  constructor(host: ReactiveControllerHost) {
    this.#host = host
    host.addController(this)
  }

  hostConnected(): void {
    this.#timer = setInterval(() => {
      this.now = Date.now()
      this.#host.requestUpdate()
    }, 30_000)
  }

  hostDisconnected(): void {
    clearInterval(this.#timer)
  }
}
