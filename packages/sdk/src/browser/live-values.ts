// What keeps a page's values fresh: a request for all of them, and a stream that says when to ask again.
import { backoffMs } from '../backoff.ts'
import { askService, type PageService, type Refusal } from './ask-service.ts'
import { type Answer, isAnswer, isBefore, type Position } from './evaluated-flags.ts'
import { createFrameReader } from './read-frames.ts'
import type { Visitor } from './visitor.ts'

/** Beats come every 15 s; after three of them missing nobody is there. */
const SILENCE_MS = 45_000
const ANSWER_MS = 20_000
/** Thousands of pages lose a replica in the same moment, whether it said goodbye or not. */
const LOST_STREAM_SPREAD_MS = 10_000

export interface KillNews extends Position {
  flag: string
  variant: string
  value: Answer['flags'][string]['value']
}

export interface LiveParts {
  service: PageService
  visitor(): Visitor
  /** Position of the values that are held, if they came from the service. */
  position(): Position | undefined
  /** Gets answers for the visitor of the moment only. */
  onAnswer(answer: Answer): void
  onKill(kill: KillNews): void
  onProblem(problem: string): void
}

/** `waiting` is the time until the next try, `paused` a page that nobody looks at. */
export type LiveState = 'connecting' | 'streaming' | 'waiting' | 'paused' | 'refused' | 'closed'

export interface LiveValues {
  state(): LiveState
  /** Asks for the visitor of the moment; settles with the answer, or when there is none for now. */
  ask(): Promise<void>
  /** Opens the stream, once. */
  follow(): void
  /** Lets go of the service, for now or for good. */
  stop(state: 'paused' | 'closed'): void
}

export function createLiveValues({ service, visitor, position, onAnswer, onKill, onProblem }: LiveParts): LiveValues {
  let state: LiveState = 'connecting'
  let asking: AbortController | undefined
  let stream: AbortController | undefined
  let askTimer: ReturnType<typeof setTimeout> | undefined
  let openTimer: ReturnType<typeof setTimeout> | undefined
  let askFailures = 0
  let openFailures = 0
  /** The service has said that there is this much. */
  let wanted: Position | undefined

  async function ask(): Promise<void> {
    clearTimeout(askTimer)
    asking?.abort()
    const attempt = new AbortController()
    asking = attempt
    const timer = setTimeout(() => attempt.abort(), ANSWER_MS)
    try {
      const init = { body: visitor().body, signal: attempt.signal }
      const answer: unknown = await (await askService(service, '/sdk/v1/evaluate', init)).json()
      if (asking !== attempt) return
      if (!isAnswer(answer)) throw new Error('the service answers nonsense')
      onAnswer(answer)
      askFailures = 0
      // A replica may be a moment behind the one that said there is news.
      if (wanted && isBefore(answer, wanted)) askLater(backoffMs(0, Math.random()))
    } catch (error) {
      // Overtaken by a newer question, which has its own answer.
      if (asking === attempt) askLater(waitAfter(error as Refusal, askFailures++))
    } finally {
      clearTimeout(timer)
      if (asking === attempt) asking = undefined
    }
  }

  function askLater(waitMs: number): void {
    clearTimeout(askTimer)
    askTimer = setTimeout(ask, waitMs)
  }

  async function open(): Promise<void> {
    const attempt = new AbortController()
    const abort = () => attempt.abort()
    stream = attempt
    let wasHeard = false
    let silence = setTimeout(abort, ANSWER_MS)
    try {
      const { body } = await askService(service, '/sdk/v1/stream', { signal: attempt.signal })
      const reader = (body as NonNullable<typeof body>).pipeThrough(new TextDecoderStream()).getReader()
      const read = createFrameReader((event, data) => {
        wasHeard = true
        state = 'streaming'
        openFailures = 0
        if (event) onEvent(event, JSON.parse(data))
      })
      for (;;) {
        const { done, value } = await reader.read()
        if (done) throw new Error('the stream ended')
        clearTimeout(silence)
        silence = setTimeout(abort, SILENCE_MS)
        read(value)
      }
    } catch (error) {
      abort()
      if (stream !== attempt) return
      // Without a stream every try of it is a look at the values too.
      if (openFailures++) askLater(0)
      const waitMs = waitAfter(error as Refusal, openFailures)
      openTimer = setTimeout(open, wasHeard ? Math.random() * LOST_STREAM_SPREAD_MS : waitMs)
    } finally {
      clearTimeout(silence)
    }
  }

  function onEvent(event: string, news: KillNews & { spreadMs?: number }): void {
    if (event === 'kill') return onKill(news)
    wanted = news
    const held = position()
    // A question on its way will be answered, and the answer compared with what is wanted.
    const isHeld = asking ?? (held && !isBefore(held, news))
    if (event === 'refetch' || (event === 'current' && !isHeld)) askLater(Math.random() * (news.spreadMs ?? 0))
  }

  /** Milliseconds before the next try. */
  function waitAfter({ message, waitMs = 0, isFinal }: Refusal, failures: number): number {
    state = isFinal ? 'refused' : 'waiting'
    onProblem(message)
    return Math.max(waitMs, backoffMs(failures, Math.random()))
  }

  function stop(as: LiveState): void {
    clearTimeout(askTimer)
    clearTimeout(openTimer)
    stream?.abort()
    asking?.abort()
    stream = asking = undefined
    state = as
  }

  return {
    state: () => state,
    ask,
    follow() {
      stop('connecting')
      void open()
    },
    stop,
  }
}
