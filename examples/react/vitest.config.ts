// The recipe for React, in a real browser.
import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'

const libraryPath = process.env['CHROMIUM_LIBRARY_PATH']

export default defineConfig({
  test: {
    name: 'example-react',
    include: ['test/**/*.test.tsx'],
    testTimeout: 20_000,
    globalSetup: ['../../packages/sdk/test/live/service.ts'],
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({
        launchOptions: {
          executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
          ...(libraryPath ? { env: { ...process.env, LD_LIBRARY_PATH: libraryPath } as Record<string, string> } : {}),
          args: ['--no-sandbox', '--no-zygote', '--disable-gpu', '--disable-quic', '--disable-background-networking'],
        },
      }),
      instances: [{ browser: 'chromium' }],
    },
  },
})
