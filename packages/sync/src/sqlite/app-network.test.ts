import { expect, test } from 'vitest'
import { appNetwork, type AppStateLike, type NetInfoLike } from './app-network.ts'

/** The two modules of a native app, by what is used of them. */
function nativeModules() {
  const told: { net: (connected: boolean | null) => void; state: (state: string) => void } = { net: () => {}, state: () => {} }
  const netInfo: NetInfoLike = {
    addEventListener: (listener) => {
      told.net = (isConnected) => listener({ isConnected })
      return () => {}
    },
  }
  const appState: AppStateLike = {
    addEventListener: (_, listener) => {
      told.state = listener
      return { remove: () => {} }
    },
  }
  return { told, network: appNetwork({ netInfo, appState }) }
}

test('the network’s going and return are told once each; not to know is to be online', () => {
  const { told, network } = nativeModules()
  const heard: string[] = []
  const stop = network.subscribe((event) => heard.push(event))
  told.net(null)
  told.net(true)
  expect([network.online(), heard]).toEqual([true, []])
  told.net(false)
  told.net(false)
  expect([network.online(), heard]).toEqual([false, ['offline']])
  told.net(true)
  expect([network.online(), heard]).toEqual([true, ['offline', 'online']])
  stop()
  told.net(false)
  expect(heard).toEqual(['offline', 'online'])
})

test('the user’s coming back to the app is told, its going is not', () => {
  const { told, network } = nativeModules()
  const heard: string[] = []
  network.subscribe((event) => heard.push(event))
  for (const state of ['inactive', 'background', 'active']) told.state(state)
  expect(heard).toEqual(['focus'])
})
