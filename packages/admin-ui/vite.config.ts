import { promisify } from 'node:util'
import { brotliCompress } from 'node:zlib'
import subsetFont from 'subset-font'
import { defineConfig, type Plugin } from 'vite'

/** What the Latin cuts hold, spelt out: nothing that can be written is lost. */
const LETTERS = [
  [0x20, 0x7e],
  [0xa0, 0xff],
  [0x131, 0x131],
  [0x152, 0x153],
  [0x2000, 0x206f],
  [0x20ac, 0x20ac],
  [0x2122, 0x2122],
  [0x2191, 0x2193],
  [0x2212, 0x2215],
].flatMap(([first = 0, last = 0]) => Array.from({ length: last - first + 1 }, (_, index) => first + index))

/** Fonts without what the console never uses: ligatures, other shapes of letters, and weights beyond its own. */
function cutFonts(): Plugin {
  return {
    name: 'cut-fonts',
    apply: 'build',
    async generateBundle(_, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type !== 'asset' || !file.fileName.endsWith('.woff2')) continue
        file.source = await subsetFont(Buffer.from(file.source), String.fromCodePoint(...LETTERS), {
          targetFormat: 'woff2',
          // Figures of one width stand in every table; kern and marks are how text is set at all.
          keepFeatures: ['kern', 'tnum', 'ccmp', 'locl', 'mark', 'mkmk'],
          variationAxes: { wght: { min: 400, max: 700 } },
        })
      }
    },
  }
}

/** Beside each text a copy for browsers that take Brotli, which is a sixth smaller than what can be packed as it is sent. */
function packAssets(): Plugin {
  const pack = promisify(brotliCompress)
  return {
    name: 'pack-assets',
    apply: 'build',
    async generateBundle(_, bundle) {
      for (const file of Object.values(bundle)) {
        if (!/^assets\/.*\.(?:js|css)$/.test(file.fileName)) continue
        const text = file.type === 'chunk' ? file.code : file.source
        this.emitFile({ type: 'asset', fileName: `${file.fileName}.br`, source: await pack(text) })
      }
    },
  }
}

// The service serves dist/ under a policy that allows nothing inline and nothing foreign, so every asset is a file:
// a font or an icon turned into a data: address would be refused by font-src.
export default defineConfig({
  base: '/',
  plugins: [cutFonts(), packAssets()],
  build: {
    outDir: 'dist',
    assetsDir: 'assets',
    assetsInlineLimit: 0,
    target: 'es2023',
    modulePreload: { polyfill: false },
  },
  server: { proxy: { '/api': 'http://127.0.0.1:4400' } },
})
