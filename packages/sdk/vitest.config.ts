import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    name: 'sdk',
    environment: 'node',
    testTimeout: 20_000,
    include: ['{src,test}/**/*.test.ts'],
    globalSetup: ['test/live/service.ts'],
  },
})
