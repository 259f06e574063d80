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

test('[C13] the user’s going and coming back are told; an app that only waits, while a call comes in, is seen', () => {
  const { told, network } = nativeModules()
  const heard: [event: string, isHidden: boolean | undefined][] = []
  network.subscribe((event) => heard.push([event, network.isHidden?.()]))
  told.state('inactive')
  expect([heard, network.isHidden?.()]).toEqual([[], false])
  told.state('background')
  told.state('active')
  expect(heard).toEqual([['hidden', true], ['focus', false]])
})
