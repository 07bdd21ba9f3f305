// The package has no types of its own.
declare module 'json-merge-patch' {
  const mergePatch: {
    apply(target: unknown, patch: unknown): unknown
    /** The patch that makes `after` out of `before`; undefined when they are the same. */
    generate(before: unknown, after: unknown): unknown
  }
  export default mergePatch
}
