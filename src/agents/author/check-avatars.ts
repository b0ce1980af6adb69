import type { AgentDefinition } from './agent.ts'
import { AgentFileError } from './read-agent.ts'

/** The avatar that comes with Partyline. */
export const OWN_FACE = 'face'

/** An avatar that is not Partyline's own is sent by whoever listens at AVATAR_URL. Throws AgentFileError where nobody does. */
export function checkAvatars(definitions: readonly AgentDefinition[], url: string | undefined): void {
  const wrong = definitions.find(({ avatar = OWN_FACE }) => avatar !== OWN_FACE)
  if (wrong && url === undefined)
    throw new AgentFileError(`the avatar ${wrong.avatar} of ${wrong.name} is sent by AVATAR_URL, which is not set`)
}
