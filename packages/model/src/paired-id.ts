/**
 * A uuid that two random ones determine: devices that make the same thing of the same pair while they are apart give it the
 * same id, and it stays one. (A version 8 uuid, RFC 9562: its bits are the exclusive or of theirs.)
 */
export function pairedId(one: string, other: string): string {
  const [a, b] = [digits(one), digits(other)]
  const mixed = Array.from(a, (digit, index) => (Number.parseInt(digit, 16) ^ Number.parseInt(b[index]!, 16)).toString(16))
  mixed[12] = '8'
  mixed[16] = ((Number.parseInt(mixed[16]!, 16) & 0x3) | 0x8).toString(16)
  const hex = mixed.join('')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

const digits = (uuid: string): string => uuid.replaceAll('-', '')
