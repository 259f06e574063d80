import type { SimulatedDevice } from './simulated-device.ts'

/** Something happens to a device; returns it in words. */
export function happenTo(device: SimulatedDevice, kind: 'crash' | 'offline' | 'online' | 'focus' | 'sign-in'): string {
  switch (kind) {
    case 'crash':
      device.crash()
      return 'crashes and starts again'
    case 'offline':
    case 'online':
    case 'focus':
      device.turn(kind)
      return kind
    case 'sign-in':
      device.signIn()
      return 'signs in'
  }
}
