export const unsentInWords = (count: number): string =>
  count === 1 ? '1 change is on this device only.' : `${count} changes are on this device only.`

/** Why nobody was signed out, by the code of the error. */
export function signOutInWords(code: string): string {
  if (code === 'unsynced') return 'Not everything could be sent just now. You are still signed in.'
  return 'Signing out did not work. Try again.'
}
