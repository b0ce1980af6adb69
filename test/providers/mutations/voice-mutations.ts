import type { Mutation } from './mutations.ts'

type Mistake = Omit<Mutation, 'suite'>

export const ELEVENLABS: readonly Mistake[] = [
  // Its end is never told, and what is cut goes on.
  {
    file: 'elevenlabs/elevenlabs.ts',
    from: '    socket.send(contextId, { close_context: true })\n    isAsked',
    to: '    isAsked',
  },
  // A clause waits in the service's buffer.
  { file: 'elevenlabs/elevenlabs.ts', from: 'text: written, flush: true', to: 'text: written' },
  // Words that are cut between two messages: flite's are not. And times that begin anew with each message.
  {
    file: 'elevenlabs/alignment.ts',
    from: "  let text = ''",
    to: "  let text = '?'",
    own: 'elevenlabs/elevenlabs.test.ts',
  },
  {
    file: 'elevenlabs/alignment.ts',
    from: 'lettersToMs > soundBeforeMs + AHEAD_MS ? lettersToMs : soundBeforeMs',
    to: '0',
  },
  // Six contexts at once.
  { file: 'elevenlabs/elevenlabs.ts', from: '      if (!current.isUsable()) {', to: '      if (false) {' },
  // A socket that stays, and one that hangs.
  { file: 'elevenlabs/elevenlabs.ts', from: "  callSignal.addEventListener('abort', close, { once: true })\n", to: '' },
  { file: 'elevenlabs/elevenlabs.ts', from: 'const STALLED_MS = 3_000', to: 'const STALLED_MS = 3_000_000' },
]

export const AURA: readonly Mistake[] = [
  // What is cut goes on, and nothing says when the socket is free.
  { file: 'aura/socket.ts', from: "      socket.send({ type: 'Clear' })\n", to: '', own: 'aura/aura.test.ts' },
  // More flushes than the service takes.
  { file: 'aura/aura.ts', from: ' || isFlushing || ', to: ' || ' },
]

export const OPENAI_VOICE: readonly Mistake[] = [
  { file: 'openai-voice/openai-voice.ts', from: 'if (!response.ok) throw', to: 'if (response.ok) throw' },
]
