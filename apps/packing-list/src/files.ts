/** Hands a text to the browser as a file to keep. */
export function saveFile(name: string, text: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
  link.download = `${name.replaceAll(/[^\p{L}\p{N} _-]/gu, '').trim() || 'stowaway'}.json`
  link.click()
  // The download has begun by then; the text need not be kept any longer.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
