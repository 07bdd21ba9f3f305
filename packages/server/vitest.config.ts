import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    name: 'server',
    environment: 'node',
    include: ['{src,test}/**/*.test.ts'],
    globalSetup: ['test/databases.ts'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // Each file may hold an embedded database of 300 MB and two cores are all that CI has.
    maxWorkers: 2,
  },
})
