import '@mantine/core/styles.css'
import './global.css'
import { StrictMode } from 'react'
import { SyncProvider } from '@stowaway/sync/react'
import { createRoot } from 'react-dom/client'
import { Provider } from 'react-redux'
import { BrowserRouter } from 'react-router'
import { App } from './app.tsx'
import { Toasts } from './layout/toast.tsx'
import { Themed } from './layout/themed.tsx'
import { store } from './store.ts'
import { sync } from './sync.ts'

void sync.start(store)

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <Themed>
      <Provider store={store}>
        <SyncProvider sync={sync}>
          <BrowserRouter>
            <Toasts>
              <App />
            </Toasts>
          </BrowserRouter>
        </SyncProvider>
      </Provider>
    </Themed>
  </StrictMode>,
)
