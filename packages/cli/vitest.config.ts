import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    name: 'cli',
    environment: 'node',
    // Every test starts processes, and some a compiler.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    include: ['{src,test}/**/*.test.ts'],
  },
})
