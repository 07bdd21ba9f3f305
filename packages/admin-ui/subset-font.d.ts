declare module 'subset-font' {
  interface Options {
    targetFormat?: 'sfnt' | 'woff' | 'woff2' | 'truetype'
    /** OpenType features to retain; all of them unless given. */
    keepFeatures?: string[]
    variationAxes?: Record<string, number | { min: number; max: number }>
  }
  /** The font with the glyphs of `text` alone. */
  export default function subsetFont(font: Buffer, text: string, options?: Options): Promise<Buffer>
}
