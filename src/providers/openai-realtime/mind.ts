import type { Clock, Delta, LanguageModel, Prompt } from '../../conversation/ports.ts'
import { scopeOf } from '../../conversation/scope.ts'
import { ProviderError } from '../../errors.ts'
import { tokens } from '../chat/tokens.ts'
import { unstalled } from '../stall.ts'
import { PROVIDER, type ResponseEnd } from './events.ts'
import type { OpenResponse, ResponseEvent } from './line.ts'

/** Less than the 4 s after which the caller is owed words. A session that still opens is in it. */
const FIRST_EVENT_MS = 3_500
const NEXT_EVENT_MS = 3_000
/** No tool of a telephone call needs more in one answer. */
const MOST_ARGUMENT_LETTERS = 50_000
/** The transcript runs ahead of the sound. When so much sound has come after a sentence's end, nothing follows at once. */
const SOUNDS_AFTER_SENTENCE = 2
/** "At 3." may go on as "3.5". */
const SENTENCE_END = /(?<!\d)[.!?…]["')\]]*$/

/** The model of a session: what it says is its answer, in words. */
export function realtimeMind(respond: (prompt: Prompt) => OpenResponse, clock: Clock): LanguageModel {
  return {
    async *reply(prompt, signal) {
      signal.throwIfAborted()
      const scope = scopeOf(signal)
      const response = respond(prompt)
      let isWanted = true
      try {
        const limits = { firstMs: FIRST_EVENT_MS, nextMs: NEXT_EVENT_MS }
        yield* deltas(unstalled(response.events, limits, PROVIDER, clock, scope.signal))
      } catch (error) {
        isWanted = false
        if (error instanceof ProviderError) response.sound.end({ kind: 'broken', error })
        throw error
      } finally {
        // Where a reply is cut, what was read of it is still to be heard: its voice ends the response then.
        if (signal.aborted || !isWanted) response.cancel()
        response.events.close()
        scope.abort(new Error('the response is over'))
      }
    },
  }
}

async function* deltas(events: AsyncIterable<ResponseEvent>): AsyncGenerator<Delta> {
  const calls: Delta[] = []
  let written = ''
  let soundsSince = 0
  let argumentLetters = 0
  /** The space after a sentence was passed on before the model wrote it. */
  let hasSpace = false
  for await (const event of events) {
    switch (event.kind) {
      case 'text': {
        soundsSince = 0
        const text = hasSpace ? event.text.trimStart() : event.text
        if (text === '') break
        hasSpace = false
        written = (written + text).slice(-20)
        yield { kind: 'text', text }
        break
      }
      case 'sound':
        soundsSince++
        yield { kind: 'writing' }
        if (hasSpace || soundsSince < SOUNDS_AFTER_SENTENCE || !SENTENCE_END.test(written)) break
        // Only what follows a sentence tells that it is one: its sound need not wait for the answer's end.
        hasSpace = true
        yield { kind: 'text', text: ' ' }
        break
      case 'item-end':
        if (hasSpace || written === '' || /\s$/.test(written)) break
        hasSpace = true
        yield { kind: 'text', text: ' ' }
        break
      case 'call':
        argumentLetters += event.arguments.length
        if (argumentLetters > MOST_ARGUMENT_LETTERS)
          throw new ProviderError(PROVIDER, 'the arguments of its tool calls are too long', { retryable: true })
        calls.push({
          kind: 'tool-call',
          call: { id: event.id, name: event.name, arguments: event.arguments },
        })
        break
      case 'end': {
        const used = tokensOf(event.end)
        if (used) yield used
        yield* calls
        return
      }
    }
  }
  throw new ProviderError(PROVIDER, 'the answer broke off', { retryable: true })
}

/** Undefined where the server does not tell. */
function tokensOf({ usage }: ResponseEnd): Extract<Delta, { kind: 'tokens' }> | undefined {
  const [ofInput, ofOutput] = [usage?.input_tokens ?? undefined, usage?.output_tokens ?? undefined]
  if (!usage || ofInput === undefined || ofOutput === undefined) return undefined
  const { input_token_details: input, output_token_details: output } = usage
  const audio = {
    input: input?.audio_tokens ?? 0,
    output: output?.audio_tokens ?? 0,
    cached: input?.cached_tokens_details?.audio_tokens ?? 0,
  }
  return {
    ...tokens(ofInput, ofOutput, input?.cached_tokens ?? 0),
    ...((audio.input > 0 || audio.output > 0) && { audio }),
  }
}
