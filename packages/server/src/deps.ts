import type { Logger } from 'pino'
import type { Credentials } from './access/credentials.ts'
import type { Places } from './access/places.ts'
import type { SdkKeyLookup } from './access/sdk-key-lookup.ts'
import type { Config } from './config.ts'
import type { Preparation } from './db/keep-preparing.ts'
import type { Store } from './db/store.ts'
import type { Delivery } from './delivery/open-delivery.ts'
import type { PeopleAuth } from './people/people-auth.ts'
import type { OfrepExposures } from './ofrep/count-exposures.ts'

/** What routes are made of. Built once by `startServer`, and by the tests' harness through the same function. */
export interface Deps {
  config: Config
  store: Store
  /** Whether the database can be used: a replica may have started without it. */
  preparation: Preparation
  log: Logger
  credentials: Credentials
  peopleAuth: PeopleAuth
  /** Projects and environments, for checks of permission. */
  places: Places
  sdkKeys: SdkKeyLookup
  /** Streams, snapshots and telemetry. */
  delivery: Delivery
  ofrepExposures: OfrepExposures
}
