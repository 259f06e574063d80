/**
 * Who used this device last. Offline with an expired token there is no session, and yet nobody has signed out:
 * the data of this user stay on screen.
 */
export interface LastUser {
  readonly read: () => string | null
  readonly write: (user: string | null) => void
}

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
