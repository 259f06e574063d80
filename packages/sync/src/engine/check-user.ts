import { TransportError } from './ports.ts'

/** A garbage token is answered as `anon`, a switched session as somebody else: neither may touch this user's data [ID2]. */
export function checkUser(answered: string, user: string): void {
  if (answered === user) return
  throw new TransportError('The server took this device for another user.', { kind: 'auth', code: 'wrong-user' })
}
