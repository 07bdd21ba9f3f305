/** Gives the keyboard to a field, or to a control, which has nothing that could take it before it has drawn itself once. */
export async function focusOn(control: (HTMLElement & { updateComplete?: Promise<unknown> }) | null | undefined) {
  await control?.updateComplete
  control?.focus()
}
