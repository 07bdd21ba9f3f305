import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { AddressInfo } from 'node:net'
import type { Logger } from 'pino'
import { ensureAdminToken } from './access/admin-token.ts'
import { createCredentials } from './access/credentials.ts'
import { createPlaces } from './access/places.ts'
import { createSdkKeyLookup } from './access/sdk-key-lookup.ts'
import { createApp } from './app.ts'
import type { Config } from './config.ts'
import { openStore } from './db/client.ts'
import type { Store } from './db/store.ts'
import { openDelivery } from './delivery/open-delivery.ts'
import type { PublisherOptions } from './delivery/publisher.ts'
import type { Deps } from './deps.ts'
import { createOfrepExposures } from './ofrep/count-exposures.ts'

/** How long open requests may take to finish when the server stops. */
const GRACE_MS = 500

/** How long a request may take to arrive; answers, streams above all, may last. Slow senders must not hold sockets. */
const ARRIVAL_LIMITS = { headersTimeout: 10_000, requestTimeout: 30_000, connectionsCheckingInterval: 5000 }

/** Connections that may wait to be accepted: thousands of SDKs come at once, after a kill or from a lost replica. */
const BACKLOG = 4096

export interface RunningServer {
  url: string
  store: Store
  /** The token made at the very first start, to be shown once. */
  firstAdminToken: string | undefined
  /** Ends streams and requests, writes what is waiting, closes the store. The port is free afterwards. */
  close(): Promise<void>
}

/** Everything between a store and its routes; the same for production and tests. */
export async function createDeps(
  config: Config,
  store: Store,
  log: Logger,
  publishing: PublisherOptions = {},
): Promise<Deps> {
  const sdkKeys = createSdkKeyLookup(store.db, log)
  const delivery = await openDelivery(store, sdkKeys, log, publishing)
  return {
    config,
    store,
    log,
    credentials: createCredentials(store.db, log),
    places: createPlaces(store.db, log),
    sdkKeys,
    delivery,
    ofrepExposures: createOfrepExposures(delivery.ingest, log),
  }
}

/** Opens the store, starts the publisher and listens. Rejects when the store or the port cannot be had. */
export async function startServer(
  config: Config,
  log: Logger,
  publishing: PublisherOptions = {},
): Promise<RunningServer> {
  const store = await openStore(config, log)
  let deps: Deps | undefined
  try {
    const firstAdminToken = await ensureAdminToken(store.db, config.adminToken)
    deps = await createDeps(config, store, log, publishing)
    const { delivery } = deps
    const app = createApp(deps)
    const server = createServer(ARRIVAL_LIMITS, getRequestListener(app.fetch))
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ port: config.port, host: config.host, backlog: BACKLOG }, () => resolve())
    })
    const { port } = server.address() as AddressInfo
    const host = config.host.includes(':') ? `[${config.host}]` : config.host
    return {
      url: `http://${host}:${port}`,
      store,
      firstAdminToken,
      async close() {
        const closed = new Promise<void>((resolve) => server.close(() => resolve()))
        delivery.sayGoodbye()
        server.closeIdleConnections()
        const impatience = setTimeout(() => server.closeAllConnections(), GRACE_MS)
        await closed
        clearTimeout(impatience)
        await deps?.ofrepExposures.close()
        await delivery.close()
        await store.close()
      },
    }
  } catch (error) {
    await deps?.ofrepExposures.close()
    await deps?.delivery.close()
    await store.close()
    throw error
  }
}
