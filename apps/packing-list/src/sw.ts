import { createBackgroundSync } from '@stowaway/sync/service-worker'
import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute } from 'workbox-precaching'
import { NavigationRoute, registerRoute } from 'workbox-routing'
import { collections } from './collections.ts'
import { supabase } from './supabase.ts'
import { noticesIn } from './texts/notices.ts'

declare const self: ServiceWorkerGlobalScope

// oxlint-disable-next-line no-underscore-dangle -- the build looks for this name and puts the list of files in its place
precacheAndRoute(self.__WB_MANIFEST)
cleanupOutdatedCaches()

// Every page is the one shell, offline too. The backend's paths may share the origin and are never answered from here.
const backend = [/^\/auth\//, /^\/rest\//, /^\/realtime\//, /^\/storage\//]
registerRoute(new NavigationRoute(createHandlerBoundToURL('/index.html'), { denylist: backend }))

// A new version takes over at once: the open page keeps the code that it has loaded, the next one gets the new.
self.addEventListener('install', () => void self.skipWaiting())
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()))

// Edits made without a signal go out though all tabs are closed.
createBackgroundSync({
  supabase,
  collections,
  onNeed: async ({ kind }) => {
    if (Notification.permission === 'granted') await self.registration.showNotification('Stowaway', { body: noticesIn(navigator.languages)[kind], tag: kind, icon: '/icon-192.png' })
  },
}).listen(self)

self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(self.clients.openWindow('/'))
})
