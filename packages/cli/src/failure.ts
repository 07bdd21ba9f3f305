// How a run ends when it does not do what was asked. Scripts read the code, people the sentence.

/** `STALE`: `--check` found a file that is not up to date. `MISUSE`: called wrongly. `SERVICE`: it refused, or is away. */
export const EXIT = { STALE: 1, MISUSE: 2, SERVICE: 3 } as const

/** Ends the run with a message that says what to do, and no stack. */
export class Failure extends Error {
  readonly exitCode: number

  constructor(exitCode: number, message: string, options: { cause?: unknown } = {}) {
    super(message, options)
    this.exitCode = exitCode
  }
}
