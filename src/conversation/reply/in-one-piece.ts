import { Queue } from '../queue.ts'

/** A text that is spoken as it stands. */
export function inOnePiece(text: string): Queue<string> {
  const pieces = new Queue<string>(1)
  pieces.push(text)
  pieces.close()
  return pieces
}
