import { OpenFeatureProvider } from '@openfeature/react-sdk'
import { Checkout } from './checkout.tsx'

export function App() {
  return (
    <OpenFeatureProvider>
      <Checkout />
    </OpenFeatureProvider>
  )
}
