import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    name: 'evaluation',
    environment: 'node',
    include: ['{src,test}/**/*.test.ts'],
    // Generated cases by the thousand: a second when alone, far more on a machine that runs every suite at once.
    testTimeout: 60_000,
  },
})
