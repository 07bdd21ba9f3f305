// Rampart for pages that speak OpenFeature.
import {
  type EvaluationContext,
  type JsonValue,
  OpenFeatureEventEmitter,
  type Provider,
  ProviderEvents,
  ProviderFatalError,
  ProviderNotReadyError,
  type ResolutionDetails,
  type TrackingEventDetails,
} from '@openfeature/web-sdk'
import { type BrowserClient, type BrowserStatus, createBrowserClient } from '../browser/browser-client.ts'
import type { BrowserClientOptions } from '../browser/browser-options.ts'
import { type Answer, resolve } from './resolution.ts'

export interface RampartWebProviderOptions extends Omit<BrowserClientOptions, 'context'> {
  /** How long `initialize` waits for the first values, in milliseconds. Default 5 000. */
  readyTimeoutMs?: number
}

/** A page's connection has no events of its own; this often is soon enough for a word about staleness. */
const LOOK_MS = 1_000

/** Values that the service evaluates for OpenFeature's global context, live, and evaluated anew when that changes. */
export class RampartWebProvider implements Provider {
  readonly metadata = { name: 'rampart' }
  readonly runsOn = 'client'
  readonly events: OpenFeatureEventEmitter = new OpenFeatureEventEmitter()
  private readonly options: RampartWebProviderOptions
  private connected: BrowserClient | undefined
  private looking: ReturnType<typeof setInterval> | undefined
  private isFresh = true

  /** @throws nothing: wrong options make `initialize` fail, and with it `setProviderAndWait` */
  constructor(options: RampartWebProviderOptions) {
    this.options = options
  }

  /** The client underneath, for what OpenFeature has no words for. Undefined before `initialize`. */
  get client(): BrowserClient | undefined {
    return this.connected
  }

  /** @throws ProviderNotReadyError when nothing is known in time, ProviderFatalError when the options or the key are wrong */
  async initialize(context: EvaluationContext = {}): Promise<void> {
    const { readyTimeoutMs: timeoutMs = 5_000, ...options } = this.options
    const client = connect({ ...options, context })
    this.connected = client
    const { source, state, problem = 'the service has not answered yet' } = await client.ready({ timeoutMs })
    client.onChange(({ flags }) => {
      this.events.emit(ProviderEvents.ConfigurationChanged, { flagsChanged: [...flags] })
    })
    this.looking = setInterval(() => this.look(client.status()), LOOK_MS)
    if (source !== 'default') {
      // OpenFeature calls a provider ready when this promise resolves; what is older than that is said afterwards.
      setTimeout(() => this.look(client.status()))
      return
    }
    this.isFresh = false
    throw state === 'refused' ? new ProviderFatalError(problem) : new ProviderNotReadyError(problem)
  }

  private look({ source, state, problem = 'the service cannot be reached' }: BrowserStatus): void {
    const isFresh = source === 'service' && (state === 'streaming' || state === 'connecting' || state === 'paused')
    if (isFresh === this.isFresh || source === 'default') return
    this.isFresh = isFresh
    if (isFresh) this.events.emit(ProviderEvents.Ready)
    else this.events.emit(ProviderEvents.Stale, { message: problem })
  }

  async onContextChange(_before: EvaluationContext, context: EvaluationContext): Promise<void> {
    await this.connected?.identify(context)
  }

  async onClose(): Promise<void> {
    clearInterval(this.looking)
    await this.connected?.close()
  }

  resolveBooleanEvaluation(flag: string, fallback: boolean): ResolutionDetails<boolean> {
    return this.resolve(flag, fallback)
  }

  resolveStringEvaluation(flag: string, fallback: string): ResolutionDetails<string> {
    return this.resolve(flag, fallback)
  }

  resolveNumberEvaluation(flag: string, fallback: number): ResolutionDetails<number> {
    return this.resolve(flag, fallback)
  }

  resolveObjectEvaluation<T extends JsonValue>(flag: string, fallback: T): ResolutionDetails<T> {
    return this.resolve(flag, fallback)
  }

  /** Sums a metric; the value stands in `trackingEventDetails.value`. */
  track(event: string, _context: EvaluationContext, details: TrackingEventDetails): void {
    this.connected?.track(event, details?.value)
  }

  private resolve<T extends JsonValue>(flag: string, fallback: T): ResolutionDetails<T> {
    const client = this.connected
    if (client === undefined) throw new ProviderNotReadyError('the provider was not initialized')
    const { source, revision, ...answer } = client.explain(flag)
    const known: Answer = { reason: 'ERROR', errorCode: undefined, ...answer }
    if (answer.variant === undefined) known.errorCode = source === 'default' ? 'PROVIDER_NOT_READY' : 'FLAG_NOT_FOUND'
    const resolution = resolve(known, fallback, { version: String(revision), source })
    if (resolution.errorCode === undefined) client.value(flag, fallback as JsonValue)
    return resolution
  }
}

function connect(options: BrowserClientOptions): BrowserClient {
  try {
    return createBrowserClient(options)
  } catch (cause) {
    throw new ProviderFatalError(cause instanceof Error ? cause.message : String(cause), { cause })
  }
}
