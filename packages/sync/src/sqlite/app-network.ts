import type { Network } from '../engine/ports.ts'

/** `NetInfo` of @react-native-community/netinfo is one. */
export interface NetInfoLike {
  addEventListener(listener: (state: { readonly isConnected: boolean | null }) => void): () => void
}

/** `AppState` of react-native is one. */
export interface AppStateLike {
  addEventListener(event: 'change', listener: (state: string) => void): { remove(): void }
}

/**
 * What a native app knows of the network, and when the user comes back to it or leaves it. Until the device has said that it is offline it
 * is taken to be online.
 *
 * @example
 * createSync({ network: appNetwork({ netInfo: NetInfo, appState: AppState }), … })
 */
export function appNetwork({ netInfo, appState }: { readonly netInfo: NetInfoLike; readonly appState: AppStateLike }): Network {
  let isOnline = true
  let isHidden = false
  const listeners = new Set<Parameters<Network['subscribe']>[0]>()
  const tell = (event: Parameters<Parameters<Network['subscribe']>[0]>[0]) => {
    for (const listener of listeners) listener(event)
  }
  netInfo.addEventListener(({ isConnected }) => {
    // Unknown, as it is at first, is no reason to stop trying.
    const isNow = isConnected !== false
    if (isNow === isOnline) return
    isOnline = isNow
    tell(isNow ? 'online' : 'offline')
  })
  appState.addEventListener('change', (state) => {
    // Not `inactive`: so it is while a call comes in, and the user still sees it.
    if (state !== 'active' && state !== 'background') return
    isHidden = state === 'background'
    tell(isHidden ? 'hidden' : 'focus')
  })
  return {
    online: () => isOnline,
    isHidden: () => isHidden,
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
