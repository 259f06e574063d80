import type { Environment } from './ports.ts'

/** Milliseconds of work between two breaths of the page. A task of more than 50 is felt; what one piece takes comes on top. */
const slice = 12

/**
 * Does something with each of many pieces. Where there is a page it breathes in between, by the time that has passed and not by
 * counts: on a slow machine more often. Each piece must be small.
 */
export async function inSlices<Piece>(pieces: Iterable<Piece>, work: (piece: Piece) => void, { now, pause }: Pick<Environment, 'now' | 'pause'>): Promise<void> {
  let began = now()
  for (const piece of pieces) {
    if (pause !== undefined && now() - began >= slice) {
      await pause()
      began = now()
    }
    work(piece)
  }
}
