// Rampart for applications that speak OpenFeature, on servers.
import {
  type EvaluationContext,
  type FlagMetadata,
  type JsonValue,
  OpenFeatureEventEmitter,
  type Provider,
  ProviderEvents,
  ProviderFatalError,
  ProviderNotReadyError,
  type ResolutionDetails,
  type TrackingEventDetails,
} from '@openfeature/server-sdk'
import { type Client, createClient } from '../index.ts'
import type { Status } from '../environment-link.ts'
import type { Explanation } from '../explanation.ts'
import type { ClientOptions } from '../options.ts'
import { userOf } from './context.ts'
import { resolve } from './resolution.ts'

export interface RampartProviderOptions extends ClientOptions {
  /** How long `initialize` waits for the first flags, in milliseconds. Default 5 000. */
  readyTimeoutMs?: number
}

/**
 * Answers from memory, like the client it is made of. Its status is READY while the service confirms what is served, STALE
 * while it serves what it last knew, ERROR while it knows nothing, and FATAL when its key was refused before that.
 */
export class RampartProvider implements Provider {
  readonly metadata = { name: 'rampart' }
  readonly runsOn = 'server'
  readonly events: OpenFeatureEventEmitter = new OpenFeatureEventEmitter()
  private readonly options: RampartProviderOptions
  private connected: Client | undefined
  private isFresh = true

  /** @throws nothing: wrong options make `initialize` fail, and with it `setProviderAndWait` */
  constructor(options: RampartProviderOptions) {
    this.options = options
  }

  /** The client underneath, for what OpenFeature has no words for. Undefined before `initialize`. */
  get client(): Client | undefined {
    return this.connected
  }

  /** @throws ProviderNotReadyError when nothing is known in time, ProviderFatalError when the options or the key are wrong */
  async initialize(): Promise<void> {
    const { readyTimeoutMs: timeoutMs = 5_000, ...options } = this.options
    const client = connect(options)
    this.connected = client
    const status = await client.ready({ timeoutMs })
    client.onStatus((next) => this.tell(next))
    client.onChange(({ flags }) => {
      this.events.emit(ProviderEvents.ConfigurationChanged, { flagsChanged: [...flags] })
    })
    if (status.source !== 'default') {
      // OpenFeature calls a provider ready when this promise resolves; what is older than that is said afterwards.
      setTimeout(() => this.tell(client.status()))
      return
    }
    const problem = status.problem ?? 'the service has not answered yet'
    this.isFresh = false
    throw status.state === 'refused' ? new ProviderFatalError(problem) : new ProviderNotReadyError(problem)
  }

  private tell({ state, source, problem = 'the service cannot be reached' }: Status): void {
    if (source === 'default' || state === 'closed') return
    const isFresh = state === 'streaming' || state === 'polling'
    // A connection that is being made is no news yet.
    if (isFresh === this.isFresh || state === 'connecting') return
    this.isFresh = isFresh
    if (isFresh) this.events.emit(ProviderEvents.Ready)
    else this.events.emit(ProviderEvents.Stale, { message: problem })
  }

  async onClose(): Promise<void> {
    await this.connected?.close()
  }

  async resolveBooleanEvaluation(
    flag: string,
    fallback: boolean,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<boolean>> {
    return this.resolve(flag, fallback, context)
  }

  async resolveStringEvaluation(
    flag: string,
    fallback: string,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<string>> {
    return this.resolve(flag, fallback, context)
  }

  async resolveNumberEvaluation(
    flag: string,
    fallback: number,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<number>> {
    return this.resolve(flag, fallback, context)
  }

  async resolveObjectEvaluation<T extends JsonValue>(
    flag: string,
    fallback: T,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<T>> {
    return this.resolve(flag, fallback, context)
  }

  /** Sums a metric; the value stands in `trackingEventDetails.value`. */
  track(event: string, context: EvaluationContext, details: TrackingEventDetails): void {
    this.connected?.track(event, userOf(context), details?.value)
  }

  private resolve<T extends JsonValue>(flag: string, fallback: T, context: EvaluationContext): ResolutionDetails<T> {
    const client = this.connected
    if (client === undefined) throw new ProviderNotReadyError('the provider was not initialized')
    const user = userOf(context)
    const explanation = client.explain(flag, user)
    const resolution = resolve(explanation, fallback, metadataOf(explanation, client.status()))
    // What was answered counts as an exposure; an error is the caller's own default.
    if (resolution.errorCode === undefined) client.value(flag, user, fallback as JsonValue)
    return resolution
  }
}

function connect(options: ClientOptions): Client {
  try {
    return createClient(options)
  } catch (cause) {
    throw new ProviderFatalError(cause instanceof Error ? cause.message : String(cause), { cause })
  }
}

/** `flagSetId` and `version` have meaning for telemetry hooks. */
function metadataOf(explanation: Explanation, { project, environment }: Status): FlagMetadata {
  const { revision, source, ruleId, weight, bucket, metadata } = explanation
  return {
    flagSetId: `${project}/${environment}`,
    version: String(revision),
    source,
    ...(ruleId === undefined ? {} : { rule: ruleId }),
    ...(weight === undefined ? {} : { weight }),
    ...(bucket === undefined ? {} : { bucket }),
    ...(metadata?.killed ? { killed: true } : {}),
    ...(metadata?.off ? { off: true } : {}),
    ...(metadata?.prerequisite === undefined ? {} : { prerequisite: metadata.prerequisite }),
  }
}
