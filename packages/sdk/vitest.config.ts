import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    name: 'sdk',
    environment: 'node',
    testTimeout: 20_000,
    // Hooks start services and browsers, on machines that do much else.
    hookTimeout: 60_000,
    include: ['{src,test}/**/*.test.ts'],
    globalSetup: ['test/live/service.ts'],
  },
})
