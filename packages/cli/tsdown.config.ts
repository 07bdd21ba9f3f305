import { defineConfig } from 'tsdown'

export default defineConfig({
  entry: ['src/main.ts'],
  format: 'esm',
  platform: 'node',
  fixedExtension: true,
  target: 'node20',
  dts: false,
  clean: true,
})
