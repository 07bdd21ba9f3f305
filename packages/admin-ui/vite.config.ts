import { promisify } from 'node:util'
import { brotliCompress } from 'node:zlib'
import { minifyHTMLLiterals } from 'minify-literals'
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

/** Templates and style sheets without their indentation and comments: they are text to every other minifier. */
function packLiterals(): Plugin {
  return {
    name: 'pack-literals',
    apply: 'build',
    // After the types are gone and before names are: a template is known by its tag.
    transform: {
      filter: { id: /\.[jt]s$/, code: /\b(?:html|svg|css)`/ },
      async handler(code, id) {
        const packed = await minifyHTMLLiterals(code, { fileName: id, sourceMap: false })
        return packed && { code: packed.code, map: null }
      },
    },
    enforce: 'post',
  }
}

/** Web Awesome brings its own icons as text to be parsed, which our policy refuses; ours come from src/controls/icons.svg. */
function leaveIconsOut(): Plugin {
  return {
    name: 'leave-icons-out',
    apply: 'build',
    transform: {
      filter: { id: /webawesome\/dist\/chunks\//, code: /library\.system\.ts/ },
      handler: () =>
        `export const icons = {}; export const library_system_default = { name: 'system', resolver: () => '' }`,
    },
  }
}

// The service serves dist/ under a policy that allows nothing inline and nothing foreign, so every asset is a file:
// a font or an icon turned into a data: address would be refused by font-src.
export default defineConfig({
  base: '/',
  plugins: [leaveIconsOut(), packLiterals(), cutFonts(), packAssets()],
  build: {
    outDir: 'dist',
    assetsDir: 'assets',
    assetsInlineLimit: 0,
    target: 'es2023',
    modulePreload: { polyfill: false },
  },
  server: { proxy: { '/api': 'http://127.0.0.1:4400' } },
})
