/**
 * The low 32 bits of Postgres' `uuid_hash_extended(id, version)`, as a number from 0 to 2³² - 1: what a row adds to the checksum
 * of its scope [PL7]. It is `hash_bytes_extended` (src/common/hashfn.c, Bob Jenkins' lookup3) for 16 bytes; hash partitions
 * rely on it, so no version of Postgres can change it. Of an id that is no UUID, as in tests, it is some number.
 */
export function rowHash(id: string, version: number): number {
  let a = seed
  let b = seed
  let c = seed
  if (version !== 0) {
    a = (a + Math.floor(version / 0x1_0000_0000)) | 0
    b = (b + version) | 0
    a = (a - c) ^ rotate(c, 4); c = (c + b) | 0
    b = (b - a) ^ rotate(a, 6); a = (a + c) | 0
    c = (c - b) ^ rotate(b, 8); b = (b + a) | 0
    a = (a - c) ^ rotate(c, 16); c = (c + b) | 0
    b = (b - a) ^ rotate(a, 19); a = (a + c) | 0
    c = (c - b) ^ rotate(b, 4); b = (b + a) | 0
  }
  a = (a + wordAt(id, 0)) | 0
  b = (b + wordAt(id, 9)) | 0
  c = (c + wordAt(id, 19)) | 0
  a = (a - c) ^ rotate(c, 4); c = (c + b) | 0
  b = (b - a) ^ rotate(a, 6); a = (a + c) | 0
  c = (c - b) ^ rotate(b, 8); b = (b + a) | 0
  a = (a - c) ^ rotate(c, 16); c = (c + b) | 0
  b = (b - a) ^ rotate(a, 19); a = (a + c) | 0
  c = (c - b) ^ rotate(b, 4); b = (b + a) | 0
  a = (a + wordAt(id, 28)) | 0
  c = (c ^ b) - rotate(b, 14)
  a = (a ^ c) - rotate(c, 11)
  b = (b ^ a) - rotate(a, 25)
  c = (c ^ b) - rotate(b, 16)
  a = (a ^ c) - rotate(c, 4)
  b = (b ^ a) - rotate(a, 14)
  c = (c ^ b) - rotate(b, 24)
  return c >>> 0
}

/** Of 16 bytes: the golden ratio, their number, and a constant of Postgres' own. */
const seed = (0x9e3779b9 + 16 + 3_923_095) | 0

const rotate = (word: number, by: number): number => (word << by) | (word >>> (32 - by))

/** Four bytes of a UUID from a place in its text on, the lowest first; the hyphens stand where they stand in every UUID. */
function wordAt(id: string, place: number): number {
  const gap = id.charCodeAt(place + 4) === hyphen ? 1 : 0
  return byteAt(id, place) | (byteAt(id, place + 2) << 8) | (byteAt(id, place + 4 + gap) << 16) | (byteAt(id, place + 6 + gap) << 24)
}

const hyphen = 45

const byteAt = (id: string, place: number): number => (digitAt(id, place) << 4) | digitAt(id, place + 1)

/** 0-9, A-F, a-f. */
function digitAt(id: string, place: number): number {
  const code = id.charCodeAt(place)
  return (code > 57 ? code + 9 : code) & 15
}
