import { useBooleanFlagValue, useStringFlagDetails, useTrack } from '@openfeature/react-sdk'

/** Renders anew by itself when one of its flags changes, and when somebody signs in. */
export function Checkout() {
  const isNew = useBooleanFlagValue('new-checkout', false)
  const { value: color, variant } = useStringFlagDetails('button-color', 'grey')
  const { track } = useTrack()
  return (
    <section>
      <h1>{isNew ? 'One page to pay' : 'Checkout, step 1 of 3'}</h1>
      <button type="button" data-variant={variant} style={{ color }} onClick={() => track('order', { value: 42 })}>
        Order
      </button>
    </section>
  )
}
