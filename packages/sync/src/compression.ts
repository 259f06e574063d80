import type { Compression } from './engine/ports.ts'

/** Gzip as of browsers and Node, told as base64; `null` where there is none (React Native). */
export const webCompression: Compression | null = typeof CompressionStream === 'undefined' ? null : { pack, unpack }

async function pack(text: string): Promise<string> {
  const bytes = new Uint8Array(await new Response(new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))).arrayBuffer())
  let binary = ''
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return btoa(binary)
}

async function unpack(packed: string): Promise<string> {
  const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0))
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))).text()
}
