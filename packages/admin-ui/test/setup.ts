import '../src/styles/tokens.css'
import '../src/styles/web-awesome.css'
import '../src/controls/web-awesome.ts'
import { afterEach, beforeAll } from 'vitest'
import { type Locator, locators } from 'vitest/browser'
import { worker } from './worker.ts'

declare module 'vitest/browser' {
  interface LocatorSelectors {
    /** What the open dialog of Web Awesome holds: its role is on an element inside, which only shows what stands here. */
    inDialog(): Locator
  }
}

locators.extend({ inDialog: () => 'wa-dialog[open]' })

beforeAll(async () => {
  // A colour on its way from one theme to the other is none that anybody reads.
  document.documentElement.style.setProperty('--quick', '0ms')
  // Never stopped: the last one to stop unregisters the service worker while the next file is being loaded through it.
  await worker.start({ quiet: true, onUnhandledFrame: 'bypass' })
})

afterEach(() => {
  worker.resetHandlers()
  document.body.replaceChildren()
})
