import { OpenFeature } from '@openfeature/react-sdk'
import { RampartWebProvider } from '@rampart/sdk/openfeature-web'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'

// A client key from the console; everybody who opens the page can read it.
const { VITE_RAMPART_URL: url = 'http://127.0.0.1:4400', VITE_RAMPART_CLIENT_KEY: clientKey = '' } = import.meta.env

OpenFeature.setContext({ targetingKey: 'ann', country: 'CH' })
OpenFeature.setProvider(new RampartWebProvider({ url, clientKey }))

createRoot(document.getElementById('root') as HTMLElement).render(<App />)
