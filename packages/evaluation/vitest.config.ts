import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: { name: 'evaluation', environment: 'node', include: ['{src,test}/**/*.test.ts'] },
})
