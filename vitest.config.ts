import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: ['packages/*/vitest.config.ts', 'packages/sdk/vitest.chromium.config.ts', 'examples/*/vitest.config.ts'],
  },
})
