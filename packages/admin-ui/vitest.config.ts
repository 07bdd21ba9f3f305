import { playwright } from '@vitest/browser-playwright'
import { msw } from 'msw/vite'
import { defineConfig } from 'vitest/config'

const libraryPath = process.env['CHROMIUM_LIBRARY_PATH']

export default defineConfig({
  // Serves the worker that answers in place of the service; it never reaches the production bundle.
  plugins: [msw({ mode: 'worker-only' })],
  test: {
    name: 'admin-ui',
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    setupFiles: ['test/setup.ts'],
    testTimeout: 15_000,
    expect: { poll: { timeout: 4_000 } },
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({
        launchOptions: {
          executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
          ...(libraryPath ? { env: { ...process.env, LD_LIBRARY_PATH: libraryPath } as Record<string, string> } : {}),
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
        },
      }),
      instances: [{ browser: 'chromium', viewport: { width: 1280, height: 900 } }],
    },
  },
})
