import react from '@vitejs/plugin-react'
import { defineConfig, type ProxyOptions } from 'vite'
import { VitePWA } from 'vite-plugin-pwa'

/** `npm start` serves the backend here; in development its paths are passed on, so that all is one origin. */
const backend: ProxyOptions = { target: 'http://127.0.0.1:4180', changeOrigin: true }

export default defineConfig({
  server: {
    proxy: { '/auth': backend, '/rest': backend, '/storage': backend, '/realtime': { ...backend, ws: true } },
  },
  // One file: an open page never looks for a part that a newer version has replaced.
  build: { target: 'es2022', sourcemap: true, chunkSizeWarningLimit: 1000 },
  plugins: [
    react(),
    VitePWA({
      strategies: 'injectManifest',
      srcDir: 'src',
      filename: 'sw.ts',
      registerType: 'autoUpdate',
      injectRegister: 'script-defer',
      // The icons are among the files that the pattern finds.
      includeManifestIcons: false,
      injectManifest: { globPatterns: ['**/*.{js,css,html,svg,png,webmanifest}'] },
      manifest: {
        name: 'Stowaway packing lists',
        short_name: 'Stowaway',
        description: 'Packing lists that work without a signal and agree when it comes back',
        display: 'standalone',
        background_color: '#f7f5f1',
        theme_color: '#0f6b66',
        icons: [
          { src: '/icon.svg', sizes: 'any', type: 'image/svg+xml', purpose: 'any' },
          { src: '/icon-192.png', sizes: '192x192', type: 'image/png', purpose: 'any' },
          { src: '/icon-512.png', sizes: '512x512', type: 'image/png', purpose: 'any' },
          { src: '/icon-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
        ],
      },
    }),
  ],
})
