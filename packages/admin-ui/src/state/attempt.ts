import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { errorText } from './errors.ts'

/** One thing at a time that may fail: whether it is under way, and why the last one failed, as a sentence. */
export class Attempt implements ReactiveController {
  waiting = false
  failure = ''

  readonly #host: ReactiveControllerHost

  constructor(host: ReactiveControllerHost) {
    this.#host = host
    host.addController(this)
  }

  hostConnected() {}

  /** Resolves with whether it worked. */
  async run(act: () => Promise<void>): Promise<boolean> {
    this.#set(true, '')
    try {
      await act()
      this.#set(false, '')
      return true
    } catch (error) {
      this.#set(false, errorText(error))
      return false
    }
  }

  /** Says that something is missing, before anything is sent. */
  refuse(why: string) {
    this.#set(false, why)
  }

  #set(waiting: boolean, failure: string) {
    this.waiting = waiting
    this.failure = failure
    this.#host.requestUpdate()
  }
}
