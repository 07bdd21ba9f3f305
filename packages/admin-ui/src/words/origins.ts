// Which pages may use a client key.

/** "pages of any origin", "pages of https://shop.example and 2 more" */
export function pagesInWords([first, ...more]: readonly string[]): string {
  if (first === undefined) return 'pages of any origin'
  return `pages of ${first}${more.length > 0 ? ` and ${more.length} more` : ''}`
}

/** What was typed: one a line, or with spaces or commas between them. */
export function readOrigins(text: FormDataEntryValue | null): string[] {
  return String(text ?? '')
    .split(/[\s,]+/)
    .filter((origin) => origin !== '')
}
