import type { LastUser } from '../engine/ports.ts'

export function webLastUser(prefix: string = 'stowaway'): LastUser {
  const key = `${prefix}:user`
  return {
    read: () => localStorage.getItem(key),
    write: (user) => {
      if (user === null) localStorage.removeItem(key)
      else localStorage.setItem(key, user)
    },
  }
}
