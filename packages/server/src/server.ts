import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { AddressInfo } from 'node:net'
import type { Logger } from 'pino'
import { adoptAdminToken } from './access/admin-token.ts'
import { type Credentials, createCredentials } from './access/credentials.ts'
import { createPlaces } from './access/places.ts'
import { createSdkKeyLookup, type SdkKeyLookup, type StreamHolder } from './access/sdk-key-lookup.ts'
import { createApp } from './app.ts'
import type { Config } from './config.ts'
import { openStore } from './db/client.ts'
import { keepPreparing, PREPARED, type Preparation } from './db/keep-preparing.ts'
import { DatabaseAway, type Store } from './db/store.ts'
import { openDelivery } from './delivery/open-delivery.ts'
import type { PublisherOptions } from './delivery/publisher.ts'
import { type Copied, openReplicaCopy, type ReplicaCopy } from './delivery/replica-copy.ts'
import type { Deps } from './deps.ts'
import { connectionCapOf, readProcessLimits } from './delivery/stream-cap.ts'
import { guardConnections } from './http/guard-connections.ts'
import { createOfrepExposures } from './ofrep/count-exposures.ts'
import { createPeopleAuth } from './people/people-auth.ts'
import { offerSetUp } from './people/set-up.commands.ts'
import { copyDirectoryOf } from './storage/data-directory.ts'
import { type RampWorker, startRampWorker } from './ramps/ramp-worker.ts'
import { countRamps } from './ramps/ramps.queries.ts'

/** How long open requests may take to finish when the server stops. */
const GRACE_MS = 500

/** How long a request may take to arrive; answers, streams above all, may last. Slow senders must not hold sockets. */
const ARRIVAL_LIMITS = { headersTimeout: 10_000, requestTimeout: 30_000, connectionsCheckingInterval: 5000 }

/** Connections that may wait to be accepted: thousands of SDKs come at once, after a kill or from a lost replica. */
const BACKLOG = 4096

export interface ServerOptions extends PublisherOptions {
  /** How long requests may take to arrive. */
  arrival?: typeof ARRIVAL_LIMITS
  /** Most connections of any kind. */
  connectionCap?: number
}

export interface RunningServer {
  url: string
  store: Store
  /** Secret of the set-up link, while there is no account yet; to be shown once. */
  setUpToken: string | undefined
  /** Ends streams and requests, writes what is waiting, closes the store. The port is free afterwards. */
  close(): Promise<void>
}

/** How a replica came up: with its database, or with what it copied of it. */
interface Start {
  preparation: Preparation
  copy?: ReplicaCopy | undefined
  copied?: Copied | undefined
  setUpToken?: string | undefined
}

/**
 * Gets the database ready, or takes this replica's own copy and goes on trying. Rejects when there is neither, and when
 * the tables cannot be brought up to date: then a rollout must stop.
 */
async function start(config: Config, store: Store, log: Logger): Promise<Start> {
  const copy = config.databaseUrl
    ? openReplicaCopy(copyDirectoryOf(config.dataDir, config.databaseUrl), log)
    : undefined
  async function prepare(): Promise<string | undefined> {
    await store.prepare()
    if (!config.adminToken) return offerSetUp(store.db)
    await adoptAdminToken(store.db, config.adminToken)
    return undefined
  }
  try {
    return { preparation: PREPARED, copy, setUpToken: await prepare() }
  } catch (error) {
    const copied = error instanceof DatabaseAway ? await copy?.read() : undefined
    if (!copied) throw error
    log.error({ err: error, copiedAt: copied.at }, 'the database does not answer: serving the copy of this replica')
    return { preparation: keepPreparing(prepare, error, log), copy, copied }
  }
}

/** Everything between a store and its routes; the same for production and tests. */
export async function createDeps(
  config: Config,
  store: Store,
  log: Logger,
  publishing: PublisherOptions = {},
  start: Start = { preparation: PREPARED },
): Promise<Deps> {
  const sdkKeys = createSdkKeyLookup(store.db, log)
  const credentials = createCredentials(store.db, log)
  const delivery = await openDelivery(store, watchAll(sdkKeys, credentials), log, publishing, start)
  delivery.metrics.countRamps(() => countRamps(store.db))
  return {
    config,
    store,
    preparation: start.preparation,
    log,
    credentials,
    peopleAuth: createPeopleAuth(store.db, config, log),
    places: createPlaces(store.db, log),
    sdkKeys,
    delivery,
    ofrepExposures: createOfrepExposures(delivery.ingest, log),
  }
}

/** The publisher closes streams, whoever opened them: SDKs by their keys, screens by a session or an API token. */
function watchAll(sdkKeys: SdkKeyLookup, credentials: Credentials): SdkKeyLookup {
  return {
    ...sdkKeys,
    async refusedAmong(holders) {
      const isScreen = ({ credentialId }: StreamHolder) => credentialId.includes(':')
      const screens = holders.filter(isScreen)
      const ids = new Set(screens.map(({ credentialId }) => credentialId))
      const ended = new Set(await credentials.endedAmong([...ids]))
      const refused = await sdkKeys.refusedAmong(holders.filter((holder) => !isScreen(holder)))
      return [...refused, ...screens.filter(({ credentialId }) => ended.has(credentialId))]
    },
    invalidate() {
      sdkKeys.invalidate()
      credentials.invalidate()
    },
  }
}

/** Opens the store, starts the publisher and listens. Rejects when neither store nor copy, or no port, can be had. */
export async function startServer(config: Config, log: Logger, options: ServerOptions = {}): Promise<RunningServer> {
  const store = await openStore(config, log)
  let deps: Deps | undefined
  let started: Start | undefined
  let rampWorker: RampWorker | undefined
  try {
    started = await start(config, store, log)
    const { setUpToken, preparation } = started
    deps = await createDeps(config, store, log, options, started)
    const { delivery } = deps
    const app = createApp(deps)
    const server = createServer(options.arrival ?? ARRIVAL_LIMITS, getRequestListener(app.fetch))
    guardConnections(server, options.connectionCap ?? connectionCapOf(readProcessLimits()))
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ port: config.port, host: config.host, backlog: BACKLOG }, () => resolve())
    })
    rampWorker = startRampWorker(store.db, log, delivery.metrics)
    const { port } = server.address() as AddressInfo
    const host = config.host.includes(':') ? `[${config.host}]` : config.host
    return {
      url: `http://${host}:${port}`,
      store,
      setUpToken,
      async close() {
        preparation.stop()
        const closed = new Promise<void>((resolve) => server.close(() => resolve()))
        delivery.sayGoodbye()
        server.closeIdleConnections()
        const impatience = setTimeout(() => server.closeAllConnections(), GRACE_MS)
        await closed
        clearTimeout(impatience)
        await rampWorker?.close()
        await deps?.ofrepExposures.close()
        await delivery.close()
        await store.close()
      },
    }
  } catch (error) {
    started?.preparation.stop()
    await deps?.ofrepExposures.close()
    await deps?.delivery.close()
    await store.close()
    throw error
  }
}
