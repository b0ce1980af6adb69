import { Queue } from '../queue.ts'
import type { Clause } from './manner-marks.ts'

/** A text that is spoken as it stands. */
export function inOnePiece(text: string): Queue<Clause> {
  const pieces = new Queue<Clause>(1)
  pieces.push({ text })
  pieces.close()
  return pieces
}
