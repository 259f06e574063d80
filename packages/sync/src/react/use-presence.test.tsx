// @vitest-environment jsdom
import { configureStore } from '@reduxjs/toolkit'
import { act, cleanup, render, screen } from '@testing-library/react'
import { StrictMode } from 'react'
import { Provider } from 'react-redux'
import { afterEach, expect, test } from 'vitest'
import type { Present } from '../core/presence.ts'
import { EnteredScopes } from '../engine/entered-scopes.ts'
import { syncReducer, toAction } from '../redux/sync-slice.ts'
import { openStubbedApp } from '../test/stubbed-app.ts'
import { SyncProvider, usePresence } from './index.ts'

afterEach(cleanup)

const ben: Present = { user: 'ben', device: 'phone', where: 'tent', since: 5 }

function Others({ scope, where = null }: { readonly scope: string | null; readonly where?: string | null }) {
  const others = usePresence(scope, where)
  return <b aria-label="others">{others.map((other) => `${other.user} at ${other.where}`).join()}</b>
}

const others = () => screen.getByLabelText('others').textContent

/** A page that shows who else is there, and what is told of it. */
async function page() {
  const { sync } = await openStubbedApp()
  const scopes = new EnteredScopes()
  const store = configureStore({ reducer: { sync: syncReducer } })
  const entering = { ...sync, enter: (scope: string, where: string | null = null) => scopes.enter(scope, { where, since: 1 }) }
  const inPage = (scope: string | null, where?: string) => (
    <StrictMode>
      <Provider store={store}>
        <SyncProvider sync={entering}>
          <Others scope={scope} {...(where !== undefined && { where })} />
        </SyncProvider>
      </Provider>
    </StrictMode>
  )
  const { rerender, unmount } = render(inPage('lakes'))
  return {
    show: (scope: string | null, where?: string) => rerender(inPage(scope, where)),
    close: unmount,
    present: (scope: string, present: readonly Present[]) => act(() => void store.dispatch(toAction({ type: 'presenceChanged', scope, present }))),
    told: () => [...scopes.scopes()].map((scope) => [scope, scopes.told(scope)?.where]),
  }
}

test('[C9] [F2] a scope is entered while its component is there, and where it looks is told', async () => {
  const { show, told, close } = await page()
  expect(told()).toEqual([['lakes', null]])
  show('lakes', 'tent')
  expect(told()).toEqual([['lakes', 'tent']])
  show('alps', 'tent')
  expect(told()).toEqual([['alps', 'tent']])
  show(null)
  expect(told()).toEqual([])
  show('lakes')
  close()
  expect(told()).toEqual([])
})

test('[C9] [F2] who else is there is shown, and of what they look at', async () => {
  const { show, present } = await page()
  present('lakes', [ben, { ...ben, user: 'cleo', where: null }])
  expect(others()).toBe('ben at tent,cleo at null')
  show('alps')
  expect(others()).toBe('')
  show('lakes')
  present('lakes', [])
  expect(others()).toBe('')
})
