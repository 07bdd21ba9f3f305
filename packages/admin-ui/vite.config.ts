import { defineConfig } from 'vite'

// The service serves dist/ under a policy that allows nothing inline and nothing foreign, so every asset is a file:
// a font or an icon turned into a data: address would be refused by font-src.
export default defineConfig({
  base: '/',
  build: {
    outDir: 'dist',
    assetsDir: 'assets',
    assetsInlineLimit: 0,
    target: 'es2023',
    modulePreload: { polyfill: false },
  },
  server: { proxy: { '/api': 'http://127.0.0.1:4400' } },
})
