// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what is changed is code

import { ASSEMBLYAI, OPENAI_EARS, WHISPER } from './ears-mutations.ts'
import { ANTHROPIC, CHAT, GEMINI, RESPONSES } from './minds-mutations.ts'
import { AURA, ELEVENLABS, OPENAI_VOICE } from './voice-mutations.ts'

/** A fault in a provider's file that a test must find. `from` stands once in the file. */
export interface Mutation {
  /** The contract suite that finds it, by its name in run-suite.ts. */
  readonly suite: string
  /** The provider's own test that finds it instead, from test/providers: the contract does not ask for this, or the stand-in cannot tell. */
  readonly own?: string
  /** From src/providers. */
  readonly file: string
  readonly from: string
  readonly to: string
}

const STT: readonly Omit<Mutation, 'suite'>[] = [
  // It waits for ever where nothing comes.
  { file: 'stt-session.ts', from: 'const STALLED_MS = 10_000', to: 'const STALLED_MS = 10_000_000' },
  { file: 'stt-session.ts', from: 'fail(`no message for ${STALLED_MS} ms`)', to: 'await scope.signal' },
  // It leaves its socket, its timers and its listeners behind.
  { file: 'stt-session.ts', from: "    scope.abort(new Error('the session is over'))\n    socket.close()", to: '' },
  { file: 'stt-session.ts', from: "        signal.removeEventListener('abort', end)\n", to: '' },
  // A line on hold ends the session.
  { file: 'stt-session.ts', from: '      socket.keepAlive()\n', to: '' },
  // Errors of other kinds get out.
  {
    file: 'stt-session.ts',
    from: 'if (scope.signal.aborted) throw scope.signal.reason',
    to: 'if (scope.signal.aborted) throw 1',
  },
  { file: 'deepgram.ts', from: "text: best?.transcript ?? ''", to: "text: ''" },
  { file: 'deepgram.ts', from: 'final: is_final', to: 'final: true' },
  { file: 'deepgram.ts', from: 'final: is_final', to: 'final: false' },
  { file: 'deepgram.ts', from: "flush: () => socket.sendFinalize({ type: 'Finalize' })", to: 'flush: () => undefined' },
  { file: 'deepgram.ts', from: '!/\\b40[0-4]\\b/.test(error.message)', to: 'true' },
  { file: 'deepgram.ts', from: '!/\\b40[0-4]\\b/.test(error.message)', to: 'false' },
  { file: 'deepgram.ts', from: 'sample_rate: settings.rateHz', to: 'sample_rate: 16_000' },
  { file: 'deepgram.ts', from: 'extra: `call:${settings.callId}`', to: 'extra: `call:CA1`' },
  {
    file: 'deepgram.ts',
    from: "'message', data => {",
    to: "'message', data => {\n    JSON.parse(JSON.stringify(data) + '?')",
  },
  // It is not told why the service has ended: sound that cannot be sent any more says only that.
  {
    file: 'deepgram.ts',
    from: "socket.on('close', event =>",
    to: "socket.on('close', event => false &&",
    own: 'deepgram.test.ts',
  },
  { file: 'deepgram.ts', from: "interim_results: 'true'", to: "interim_results: 'false'" },
]

const FLUX: readonly Omit<Mutation, 'suite'>[] = [
  { file: 'flux.ts', from: "const final = event === 'EndOfTurn'", to: 'const final = false' },
  {
    file: 'flux.ts',
    from: 'isEager)\n    const text',
    to: 'isEager)\n    if (transcript.final) events.heard(transcript)\n    const text',
  },
  {
    file: 'flux.ts',
    from: 'keepAlive: () => socket.sendMedia(new Int16Array((SENT_MS / 1_000) * settings.rateHz))',
    to: 'keepAlive: () => undefined',
  },
]

const TTS: readonly Omit<Mutation, 'suite'>[] = [
  { file: 'cartesia.ts', from: 'watch().catch(() => undefined)', to: '' },
  { file: 'cartesia.ts', from: "callSignal.addEventListener('abort', close, { once: true })", to: '' },
  { file: 'cartesia.ts', from: "    signal.removeEventListener('abort', end)\n", to: '' },
  { file: 'cartesia.ts', from: "    scope.abort(new Error('the speech is over'))\n", to: '' },
  { file: 'cartesia.ts', from: "signal.addEventListener('abort', end, { once: true })", to: '' },
  { file: 'cartesia.ts', from: "yield { kind: 'words', words: wordsOf(event) }", to: '' },
  { file: 'cartesia.ts', from: 'send().catch(error => events.fail(error))', to: 'send().catch(() => events.close())' },
  { file: 'cartesia.ts', from: 'if (!hasBegun) return events.close()', to: '' },
  {
    file: 'cartesia.ts',
    from: 'waitingSinceMs = isAsked ? clock.now() : undefined',
    to: 'waitingSinceMs = clock.now()',
  },
  { file: 'cartesia.ts', from: 'if (!socket.isUsable()) {', to: 'if (false) {' },
  { file: 'cartesia.ts', from: 'sample_rate: rateHz', to: 'sample_rate: 8_000' },
  { file: 'cartesia-socket.ts', from: "fail('a message that is not JSON', true, cause)", to: 'throw cause' },
  {
    file: 'cartesia-socket.ts',
    from: 'fail(`refused with ${status}`, status === 429 || status >= 500)',
    to: 'fail(`refused with ${status}`, true)',
  },
  { file: 'cartesia-events.ts', from: '(start[i] ?? 0) * 1_000', to: '(start[i] ?? 0)' },
]

const EARS: readonly Omit<Mutation, 'suite'>[] = [
  {
    file: 'local/local-ears.ts',
    from: 'const FINAL_WITHIN_MS = FINAL_WAITS_MS + 2_000',
    to: 'const FINAL_WITHIN_MS = 3_600_000',
  },
  { file: 'utterance/by-utterance.ts', from: '          finish(sound.endMs)\n        } else', to: '        } else' },
  { file: 'utterance/by-utterance.ts', from: "      scope.abort(new Error('the session is over'))\n", to: '' },
  {
    file: 'utterance/by-utterance.ts',
    from: 'transcripts.push({ text: words, final: true,',
    to: 'transcripts.push({ text: words, final: false,',
  },
]

const VOICE: readonly Omit<Mutation, 'suite'>[] = [
  { file: 'local/local-voice.ts', from: 'startMs += (made.pcm.length / rateHz) * 1_000', to: '' },
  {
    file: 'local/local-voice.ts',
    from: 'if (!isLost || tries >= MOST_TRIES) throw asProviderError(error)',
    to: 'if (!isLost || tries >= MOST_TRIES) throw error',
  },
]

const DETECTORS: readonly Omit<Mutation, 'suite'>[] = [
  { file: 'silero.ts', from: 'filled = CONTEXT\n      }', to: '}' },
  { file: 'silero.ts', from: 'lastVoicedMs: lastSound.before(event.lastVoicedMs) }', to: 'lastVoicedMs: 0 }' },
  { file: 'silero.ts', from: 'lowered ??= resampler(frame.rateHz, RATE_HZ)', to: 'lowered ??= pcm => pcm' },
  {
    file: 'silero.ts',
    from: 'state.set(window.state.subarray(0, STATE), i * STATE)',
    to: 'state.set(window.state.subarray(0, STATE), 0)',
  },
]

const of = (suite: string, all: readonly Omit<Mutation, 'suite'>[]): readonly Mutation[] =>
  all.map(one => ({ suite, ...one }))

/** Each is a mistake that has been made by somebody. */
export const MUTATIONS: readonly Mutation[] = [
  ...of('deepgram', STT),
  ...of('flux', FLUX),
  ...of('openai', CHAT),
  ...of('anthropic', ANTHROPIC),
  ...of('gemini', GEMINI),
  ...of('responses', RESPONSES),
  ...of('cartesia', TTS),
  ...of('local ears', EARS),
  ...of('local voice', VOICE),
  ...of('assemblyai', ASSEMBLYAI),
  ...of('openai-ears', OPENAI_EARS),
  ...of('whisper', WHISPER),
  ...of('elevenlabs', ELEVENLABS),
  ...of('aura', AURA),
  ...of('openai-voice', OPENAI_VOICE),
  ...of('silero', DETECTORS),
]
