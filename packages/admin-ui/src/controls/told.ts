import { noChange } from 'lit'
import { Directive, directive, type ElementPart } from 'lit/directive.js'

/** A control with its own field inside, as Web Awesome's are. */
type Control = HTMLElement & { updateComplete: Promise<unknown> }

class Told extends Directive {
  render(_ids: string, _wrong?: unknown) {
    return noChange
  }

  override update({ element }: ElementPart, [ids, wrong]: [string, unknown?]) {
    void tell(element as Control, ids.split(' ').filter(Boolean), Boolean(wrong))
    return noChange
  }
}

async function tell(control: Control, ids: string[], wrong: boolean) {
  await control.updateComplete
  const field = control.shadowRoot?.querySelector('input, textarea')
  if (!field) return
  const around = control.getRootNode() as Document | ShadowRoot
  const texts = [control.shadowRoot?.getElementById('hint'), ...ids.map((id) => around.getElementById(id))]
  // An element outside of the control cannot be named by its id from within.
  field.ariaDescribedByElements = texts.filter((text) => text != null)
  field.ariaInvalid = String(wrong)
  control.toggleAttribute('wrong', wrong)
}

/**
 * On a control: which texts beside it, by id, speak of what stands in it, and whether that is wrong. The control itself
 * would tell the field inside of neither.
 */
export const told = directive(Told)
