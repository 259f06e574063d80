import { configureStore } from '@reduxjs/toolkit'
import { createRequire } from 'node:module'
import type { ReactNode } from 'react'
import { Provider } from 'react-redux'
import { expect, test } from 'vitest'
import { syncReducer, toAction } from '../redux/sync-slice.ts'
import { useSyncStatus } from './use-sync-status.ts'

// Through `require`, because react-dom brings no types.
const { renderToString } = createRequire(import.meta.url)('react-dom/server') as { renderToString: (node: ReactNode) => string }

function Badge() {
  const { kind, text } = useSyncStatus()
  return <b data-kind={kind}>{text}</b>
}

test('[RX4] a component tells the state of sync in one word and in a sentence', () => {
  const store = configureStore({ reducer: { sync: syncReducer } })
  const rendered = () => renderToString(<Provider store={store}><Badge /></Provider>)
  expect(rendered()).toBe('<b data-kind="starting">opening</b>')
  store.dispatch(toAction({ type: 'opened', user: 'ann', pending: 3, storage: null }))
  store.dispatch(toAction({ type: 'phaseChanged', phase: 'paused', paused: ['offline'] }))
  expect(rendered()).toBe('<b data-kind="offline">3 waiting, offline</b>')
})
