import type { Prompt } from '../../conversation/ports.ts'

/**
 * Ids for calls that a server gives none: no other call of the conversation has them, also when the server of the
 * conversation was started anew.
 */
export function ownIds(): (prompt: Prompt) => () => string {
  let made = 0
  return ({ history }) => {
    const before = history.filter(({ role }) => role === 'tool').length
    return () => `call-${before}-${made++}`
  }
}
