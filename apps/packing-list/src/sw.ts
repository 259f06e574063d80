import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute } from 'workbox-precaching'
import { NavigationRoute, registerRoute } from 'workbox-routing'

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
