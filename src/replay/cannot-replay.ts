/** A call cannot be run again here, or made a fixture. The message is for the person who wanted it. */
export class CannotReplay extends Error {
  override readonly name = 'CannotReplay'
}
