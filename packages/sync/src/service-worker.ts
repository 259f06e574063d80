import { isAuthRetryableFetchError } from '@supabase/supabase-js'
import { syncTag } from './browser/background.ts'
import { idbStorage } from './browser/idb-storage.ts'
import { webTabs } from './browser/tabs.ts'
import { checkOptions } from './checks.ts'
import { defaultRetry } from './core/retry.ts'
import type { EngineParts } from './engine/engine.ts'
import type { Environment } from './engine/ports.ts'
import { syncOnce, type Outcome } from './engine/sync-once.ts'
import { systemEnvironment } from './environment.ts'
import { toCollections, toTables, type SyncOptions } from './options.ts'
import { supabaseRefresh } from './supabase/session.ts'
import { Tables } from './supabase/tables.ts'
import { supabaseTransport } from './supabase/transport.ts'

export { sharedSession, type SessionStorage } from './browser/shared-session.ts'
export type { Outcome } from './engine/sync-once.ts'

/** Why somebody should open the app: conflicts and refused changes that came up, so many; or nothing can be sent before they sign in. */
export type Need = { readonly kind: 'decisions'; readonly count: number } | { readonly kind: 'sign-in' }

export interface BackgroundSyncOptions extends Pick<SyncOptions, 'collections' | 'name' | 'storage' | 'tabs' | 'retry' | 'appVersion' | 'readReplicas'> {
  /** A client that keeps its session where the page's does, in `sharedSession()`, and renews nothing by itself: `autoRefreshToken: false`. */
  readonly supabase: SyncOptions['supabase']
  /** Called at the end when a person is needed: the moment for a notification, where the user has allowed them. */
  readonly onNeed?: (need: Need) => Promise<void> | void
  readonly environment?: Partial<Environment>
}

/** As much of a ServiceWorkerGlobalScope as is used. */
interface Worker {
  addEventListener(type: 'sync' | 'periodicsync', listener: (event: Event) => void): void
}

interface WakeEvent extends Event {
  readonly tag: string
  waitUntil(work: Promise<unknown>): void
}

/**
 * Sends what waits when no tab of the app is open any more: in a service worker, by the engine that tabs use, never beside one of
 * them. `listen` does that when the browser wakes the worker for it, which `backgroundSync: true` of `createSync` asks for;
 * `run` does it now. What could not be sent is kept, and the browser is told to try again.
 *
 * @example
 * createBackgroundSync({ supabase, collections }).listen(self)
 */
export function createBackgroundSync(options: BackgroundSyncOptions): { readonly listen: (worker: Worker) => void; readonly run: () => Promise<Outcome> } {
  const { supabase, name, onNeed = () => {} } = options
  checkOptions(options)
  const parts: EngineParts = {
    collections: toCollections(options.collections),
    environment: { ...systemEnvironment, ...options.environment },
    openStorage: options.storage ?? idbStorage(name),
    openTabs: options.tabs ?? webTabs(name),
    transport: supabaseTransport(supabase, new Tables(toTables(options.collections)), options),
    listenForPokes: () => ({ reconnect: () => {}, stop: () => {} }),
    // The browser wakes the worker when there is a network.
    network: { online: () => true, subscribe: () => () => {} },
    refreshSession: supabaseRefresh(supabase),
    retry: { ...defaultRetry, ...options.retry },
    ...(options.appVersion !== undefined && { app: options.appVersion }),
    adviser: null,
    emit: () => {},
    show: () => {},
  }

  const run = async (): Promise<Outcome> => {
    const { data, error } = await supabase.auth.getSession()
    if (data.session === null && error !== null && isAuthRetryableFetchError(error)) return 'later'
    if (data.session === null && error !== null) await onNeed({ kind: 'sign-in' })
    // Nobody: whose work it is only a session can tell [ID2].
    if (data.session === null) return error === null ? 'done' : 'sign-in'
    const { outcome, needsPerson } = await syncOnce(parts, data.session.user.id)
    if (outcome === 'sign-in') await onNeed({ kind: 'sign-in' })
    if (needsPerson > 0) await onNeed({ kind: 'decisions', count: needsPerson })
    return outcome
  }

  /** One that rejects is tried again by the browser. */
  const wake = async (): Promise<void> => {
    if ((await run()) === 'later') throw new Error('Not everything could be synced now.')
  }

  return {
    run,
    listen: (worker) => {
      for (const type of ['sync', 'periodicsync'] as const) {
        worker.addEventListener(type, (event) => {
          const wakeEvent = event as WakeEvent
          if (wakeEvent.tag === syncTag) wakeEvent.waitUntil(wake())
        })
      }
    },
  }
}
