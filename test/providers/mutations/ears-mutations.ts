// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what is changed is code
import type { Mutation } from './mutations.ts'

type Mistake = Omit<Mutation, 'suite'>

export const ASSEMBLYAI: readonly Mistake[] = [
  // A message of less than 50 ms.
  { file: 'assemblyai/sound-messages.ts', from: 'const LEAST_MS = 50', to: 'const LEAST_MS = 1' },
  // Words that are not final yet are not in the transcript. The stand-in's transcript has them all.
  {
    file: 'assemblyai/turns.ts',
    from: 'turn.words.length > 0 ?',
    to: 'false ?',
    own: 'assemblyai/assemblyai.test.ts',
  },
  // Only the end of a turn is final.
  { file: 'assemblyai/turns.ts', from: 'if (turn.end_of_turn) return', to: 'if (turn.words.length > 0) return' },
  // A flush that nobody hears, and one that is never answered.
  { file: 'assemblyai/assemblyai.ts', from: "      socket.sendText({ type: 'ForceEndpoint' })\n", to: '' },
  // A service that is dead.
  { file: 'assemblyai/assemblyai.ts', from: '        socket.ping()\n', to: '' },
  { file: 'assemblyai/assemblyai.ts', from: 'sample_rate: `${rateHz}`', to: "sample_rate: '16000'" },
  // Refusals, drops and messages without end.
  { file: 'live/vendor-socket.ts', from: 'const isPassing = status === 408', to: 'const isPassing = status >= 400' },
  { file: 'live/vendor-socket.ts', from: 'status === 429 || status >= 500', to: 'false' },
  { file: 'live/vendor-socket.ts', from: '    maxPayload: MOST_MESSAGE_BYTES,\n', to: '' },
  // Whoever sends sound all the time learns of an end by that, too.
  {
    file: 'live/vendor-socket.ts',
    from: "socket.on('close', (code, reason) =>",
    to: "socket.on('close', (code, reason) => code < 0 &&",
    own: 'live/vendor-socket.test.ts',
  },
]

export const OPENAI_EARS: readonly Mistake[] = [
  { file: 'live/vendor-socket.ts', from: '      socket.close(1000)\n', to: '' },
  // Deltas are pieces.
  { file: 'openai-ears/items.ts', from: 'item.text += text', to: 'item.text = text' },
  // What is final is told once.
  { file: 'openai-ears/items.ts', from: '      this.#items.shift()\n', to: '      if (told.length > 5) break\n' },
  { file: 'openai-ears/items.ts', from: 'final: true, ended: false', to: 'final: false, ended: false' },
  { file: 'openai-ears/openai-ears.ts', from: '      if (hearsLive) commit()\n      else ', to: '      ' },
  // The suite has one model, at one rate, and a service that answers: a commit of a model that commits by itself; it waits for
  // ever for words that do not come; sound of 16 kHz as mu-law.
  {
    file: 'openai-ears/openai-ears.ts',
    from: 'const hearsLive = isLive(settings.model)',
    to: 'const hearsLive = true',
    own: 'openai-ears/openai-ears.test.ts',
  },
  {
    file: 'openai-ears/items.ts',
    from: 'const FINAL_WITHIN_MS = 5_000',
    to: 'const FINAL_WITHIN_MS = 5_000_000',
    own: 'openai-ears/openai-ears.test.ts',
  },
  {
    file: 'openai-ears/sound-format.ts',
    from: 'if (rateHz === PHONE_HZ)',
    to: 'if (rateHz > 0)',
    own: 'openai-ears/openai-ears.test.ts',
  },
]

export const WHISPER: readonly Mistake[] = [
  { file: 'whisper/transcription.ts', from: 'if (response.ok) return', to: 'if (response.status > 0) return' },
  // A server that hangs.
  { file: 'whisper/transcription.ts', from: '      signal,\n    })', to: '    })' },
  {
    file: 'whisper/whisper-ears.ts',
    from: 'const FINAL_WITHIN_MS = 6_000',
    to: 'const FINAL_WITHIN_MS = 6_000_000',
  },
  { file: 'whisper/whisper-ears.ts', from: 'error instanceof ProviderError ? error : broken', to: 'broken' },
  // What is refused for good is asked for again; an answer to an interim comes when its utterance is over.
  {
    file: 'whisper/whisper-ears.ts',
    from: 'if (!failure.retryable || IS_TOLD_TO_WAIT.test(failure.message)) throw failure',
    to: 'failure.cause',
    own: 'whisper/whisper.test.ts',
  },
  {
    file: 'utterance/by-utterance.ts',
    from: '        if (utterance !== going) return\n',
    to: '',
    own: 'whisper/whisper.test.ts',
  },
]
