// The ordinary controls, by name: the loader of the package would ask another origin for them.
import '@awesome.me/webawesome/dist/components/button/button.js'
import WaCheckbox from '@awesome.me/webawesome/dist/components/checkbox/checkbox.js'
import '@awesome.me/webawesome/dist/components/dialog/dialog.js'
import { registerIconLibrary } from '@awesome.me/webawesome/dist/components/icon/library.js'
import WaInput from '@awesome.me/webawesome/dist/components/input/input.js'
import WaTextarea from '@awesome.me/webawesome/dist/components/textarea/textarea.js'
import icons from './icons.svg?url'

// From a sheet an icon is drawn by reference. From any other library it would be text to be parsed, which the policy
// of our pages refuses: never register one here.
for (const library of ['default', 'system']) {
  registerIconLibrary(library, { resolver: (name) => `${icons}#${name}`, spriteSheet: true })
}

// A browser's own control tells a change within the tree that it stands in. These tell it through every shadow root
// around them, where it would be taken for the `change` of our own element.
for (const control of [WaCheckbox, WaInput, WaTextarea]) {
  control.addInitializer((element) => element.addEventListener('change', keepInside))
}

function keepInside(event: Event) {
  if (!event.composed) return
  event.stopImmediatePropagation()
  event.currentTarget?.dispatchEvent(new Event('change', { bubbles: true }))
}
