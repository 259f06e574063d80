import { readFile } from 'node:fs/promises'
import { extname, join, normalize } from 'node:path'

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
}

/** Answers from a built web app: its files, and index.html for every path that names no file. */
export async function serveStatic(folder: string, request: Request): Promise<Response> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return new Response('Method not allowed', { status: 405 })
  let path: string
  try {
    path = normalize(decodeURIComponent(new URL(request.url).pathname))
  } catch {
    return new Response('Bad path', { status: 400 })
  }
  // The path of a URL is absolute, and normalising an absolute path leaves no way up out of the folder.
  const isFile = extname(path) !== ''
  const file = isFile ? path : '/index.html'
  try {
    const body = await readFile(join(folder, file))
    return new Response(request.method === 'HEAD' ? null : body, {
      headers: { 'content-type': types[extname(file)] ?? 'application/octet-stream', 'cache-control': cachingOf(file) },
    })
  } catch {
    return new Response('Not found', { status: 404 })
  }
}

/** Only names with a content hash may be kept unasked: a stale index.html or service worker pins an old app. */
function cachingOf(file: string): string {
  return file.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache'
}
