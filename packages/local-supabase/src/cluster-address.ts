import { createServer } from 'node:net'
import { localKeys } from './keys.ts'

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

export function urlOf(port: number): string {
  return `postgres://postgres:${localKeys.postgresPassword}@127.0.0.1:${port}/postgres`
}
