import { collectDefaultMetrics, Registry } from 'prom-client'

let registry: Registry | undefined

/** What every Node process can say of itself: memory, processor, event loop, descriptors. Begun when somebody first asks. */
export function processMetrics(): Registry {
  if (!registry) {
    registry = new Registry()
    collectDefaultMetrics({ register: registry })
  }
  return registry
}
