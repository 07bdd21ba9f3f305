import { ContextConsumer, ContextProvider } from '@lit/context'
import type { ReactiveElement } from 'lit'
import { ApiError } from '../api/client.ts'
import { getFlag, listFlagKeys } from '../api/flags.ts'
import { getSegment } from '../api/segments.ts'
import { readerContext, scopeContext } from './contexts.ts'
import { flagDocument, segmentDocument } from './flag-document.ts'
import type { Reader } from './surroundings.ts'

/** Reads what one environment serves now. */
export function environmentReader(project: string, environment: string): Reader {
  return {
    flagKeys: (signal) => listFlagKeys(project, signal),
    flag: (key, signal) =>
      ifThere(async () => {
        const flag = await getFlag(project, key, signal)
        const here = flag.environments[environment]
        return here && !flag.archivedAt ? flagDocument(flag, here, here.kill.killed) : null
      }),
    segment: (key, signal) => ifThere(async () => segmentDocument(await getSegment(project, key, signal))),
  }
}

/** Offers the reader of the environment on screen to whatever is drawn below `host`. */
export function offerReader(host: ReactiveElement): void {
  const provider = new ContextProvider(host, { context: readerContext })
  let place = ''
  void new ContextConsumer(host, {
    context: scopeContext,
    subscribe: true,
    callback({ project, environment }) {
      if (place === `${project}/${environment.key}`) return
      place = `${project}/${environment.key}`
      provider.setValue(environmentReader(project, environment.key))
    },
  })
}

/** Null where there is nothing of this name (any more). */
async function ifThere<T>(read: () => Promise<T | null>): Promise<T | null> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null
    throw error
  }
}
