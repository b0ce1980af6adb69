/** A command cannot be carried out as it was typed. The message is for the person who typed it; the exit code is 2. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
}
