import { defineConfig } from '@playwright/test'

const { CHROMIUM_PATH = '/usr/bin/chromium', CHROMIUM_LIBRARY_PATH } = process.env

export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  outputDir: '../test-results',
  // Each journey starts real servers and a database of its own; two at a time would only share two cores.
  workers: 1,
  // The first start of the embedded database alone takes up to ten seconds on a small machine.
  timeout: 180_000,
  expect: { timeout: 15_000 },
  forbidOnly: true,
  use: {
    browserName: 'chromium',
    viewport: { width: 1440, height: 900 },
    colorScheme: 'light',
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: CHROMIUM_PATH,
      args: [
        '--no-sandbox',
        '--no-zygote',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
      ...(CHROMIUM_LIBRARY_PATH
        ? { env: { ...process.env, LD_LIBRARY_PATH: CHROMIUM_LIBRARY_PATH } as Record<string, string> }
        : {}),
    },
  },
})
