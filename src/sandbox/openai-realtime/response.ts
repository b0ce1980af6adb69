import { encodeMulaw } from '../../audio/mulaw.ts'
import { resample } from '../../audio/resample.ts'
import type { Clock } from '../../conversation/ports.ts'
import { scopeOf } from '../../conversation/scope.ts'
import type { Spoken } from '../../flite/flite.ts'
import { type DelayProfile, drawMs } from '../delays.ts'
import type { ScriptedAnswer } from '../openai/scripted-model.ts'
import type { Context, HeldItem } from './context.ts'

const CHUNK_MS = 200
/** Sound is made so many times as fast as it is played, and its words so many a second. */
const SOUND_PACE = 5
const MOST_TOKENS_PER_SECOND = 60
const MS_PER_INPUT_TOKEN = 100
const MS_PER_OUTPUT_TOKEN = 50

export interface ResponseParts {
  readonly clock: Clock
  readonly profile: DelayProfile
  readonly chance: () => number
  readonly newId: (prefix: string) => string
  readonly send: (event: object) => void
  readonly speak: (text: string, signal: AbortSignal) => Promise<Spoken>
}

/** What the response is like. */
export interface ResponseKind {
  readonly id: string
  readonly conversationId: string | null
  readonly metadata: Readonly<Record<string, string>> | null
  readonly modality: 'text' | 'audio'
  /** Of its sound. */
  readonly rateHz: 8000 | 24000
  readonly context: Extract<Context, { kind: 'ready' }>
}

/**
 * Sends the events of one response, from `response.created` to `response.done`. An abort cancels it: what is on its way
 * still comes. Resolves with the items that it made.
 */
export async function makeResponse(
  answers: readonly ScriptedAnswer[],
  kind: ResponseKind,
  parts: ResponseParts,
  signal: AbortSignal,
): Promise<readonly (readonly [id: string, item: HeldItem])[]> {
  const { clock, profile, chance, newId, send, speak } = parts
  const { id, context } = kind
  const made: (readonly [string, HeldItem])[] = []
  const output: object[] = []
  let textTokens = 0
  let soundMs = 0
  const about = { response_id: id }
  const resource = (status: string, more: object = {}): object => ({
    ...{ object: 'realtime.response', id, status, status_details: null, output: [...output] },
    ...{ conversation_id: kind.conversationId, output_modalities: [kind.modality], max_output_tokens: 'inf' },
    ...{ metadata: kind.metadata, usage: null, ...more },
  })

  async function message(text: string, index: number, dueMs: number): Promise<void> {
    const itemId = newId('item_')
    const isSpoken = kind.modality === 'audio'
    const at = { ...about, item_id: itemId, output_index: index, content_index: 0 }
    const item = { id: itemId, object: 'realtime.item', type: 'message', role: 'assistant' }
    const spoken = isSpoken ? speak(text, signal) : undefined
    spoken?.catch(() => undefined)
    await clock.sleep(dueMs - clock.now(), signal)
    send({
      type: 'response.output_item.added',
      ...about,
      output_index: index,
      item: { ...item, status: 'in_progress', content: [] },
    })
    send({
      type: 'response.content_part.added',
      ...at,
      part: isSpoken ? { type: 'audio', transcript: '' } : { type: 'text', text: '' },
    })
    let said = ''
    let isWhole = false
    const write = async (own: AbortSignal): Promise<void> => {
      const rate = Math.min(profile.tokensPerSecond, MOST_TOKENS_PER_SECOND)
      for (const [i, token] of tokensOf(text).entries()) {
        await clock.sleep(dueMs + (i * 1_000) / rate - clock.now(), own)
        said += token
        textTokens++
        send({
          type: isSpoken ? 'response.output_audio_transcript.delta' : 'response.output_text.delta',
          ...at,
          delta: token,
        })
      }
    }
    const sound = async (own: AbortSignal): Promise<void> => {
      const { pcm, rateHz } = (await spoken) ?? { pcm: new Int16Array(0), rateHz: kind.rateHz }
      const own8 = resample(pcm, rateHz, kind.rateHz)
      const chunk = (CHUNK_MS / 1_000) * kind.rateHz
      const firstMs = dueMs + drawMs(profile.firstSound, chance)
      for (let from = 0; from < own8.length; from += chunk) {
        await clock.sleep(firstMs + ((from / kind.rateHz) * 1_000) / SOUND_PACE - clock.now(), own)
        soundMs += CHUNK_MS
        send({
          type: 'response.output_audio.delta',
          ...at,
          delta: base64Of(own8.slice(from, from + chunk), kind.rateHz),
        })
      }
    }
    const scope = scopeOf(signal)
    try {
      await Promise.all(isSpoken ? [write(scope.signal), sound(scope.signal)] : [write(scope.signal)])
      isWhole = true
    } finally {
      scope.abort(new Error('the message is over'))
      const status = isWhole ? 'completed' : 'incomplete'
      const part = isSpoken ? { type: 'output_audio', transcript: said } : { type: 'output_text', text: said }
      if (isSpoken) {
        // What was made before the cancel reached the model still comes.
        if (!isWhole)
          send({ type: 'response.output_audio.delta', ...at, delta: base64Of(new Int16Array(160), kind.rateHz) })
        send({ type: 'response.output_audio.done', ...at })
        send({ type: 'response.output_audio_transcript.done', ...at, transcript: said })
      } else send({ type: 'response.output_text.done', ...at, text: said })
      send({ type: 'response.content_part.done', ...at, part })
      const done = { ...item, status, content: [part] }
      output.push(done)
      send({ type: 'response.output_item.done', ...about, output_index: index, item: done })
      made.push([
        itemId,
        { kind: 'item', item: { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: said }] } },
      ])
    }
  }

  async function call(answer: Extract<ScriptedAnswer, { kind: 'call' }>, index: number, dueMs: number): Promise<void> {
    const itemId = newId('item_')
    const args = JSON.stringify(answer.arguments)
    const item = {
      id: itemId,
      object: 'realtime.item',
      type: 'function_call',
      name: answer.name,
      call_id: newId('call_'),
    }
    const at = { ...about, item_id: itemId, output_index: index, call_id: item.call_id }
    await clock.sleep(dueMs - clock.now(), signal)
    send({
      type: 'response.output_item.added',
      ...about,
      output_index: index,
      item: { ...item, status: 'in_progress', arguments: '' },
    })
    for (const delta of tokensOf(args)) {
      textTokens++
      send({ type: 'response.function_call_arguments.delta', ...at, delta })
    }
    send({ type: 'response.function_call_arguments.done', ...at, name: answer.name, arguments: args })
    const done = { ...item, status: 'completed', arguments: args }
    output.push(done)
    send({ type: 'response.output_item.done', ...about, output_index: index, item: done })
    made.push([
      itemId,
      { kind: 'item', item: { type: 'function_call', call_id: item.call_id, name: answer.name, arguments: args } },
    ])
  }

  function usage(): object {
    const input = {
      text_tokens: Math.ceil(context.letters / 4),
      audio_tokens: Math.ceil(context.audioMs / MS_PER_INPUT_TOKEN),
    }
    const out = { text_tokens: textTokens, audio_tokens: Math.ceil(soundMs / MS_PER_OUTPUT_TOKEN) }
    const [all, made] = [input.text_tokens + input.audio_tokens, out.text_tokens + out.audio_tokens]
    // As with completions, prompts are cached from 1,024 tokens on, in steps of 64.
    const cached = input.text_tokens < 1_024 ? 0 : input.text_tokens - (input.text_tokens % 64)
    return {
      ...{ total_tokens: all + made, input_tokens: all, output_tokens: made },
      input_token_details: {
        ...{ ...input, image_tokens: 0, cached_tokens: cached },
        cached_tokens_details: { text_tokens: cached, audio_tokens: 0, image_tokens: 0 },
      },
      output_token_details: out,
    }
  }

  send({ type: 'response.created', response: resource('in_progress') })
  const firstMs = clock.now() + drawMs(profile.firstToken, chance)
  try {
    for (const [index, answer] of answers.entries()) {
      const dueMs = Math.max(firstMs, clock.now())
      if (answer.kind === 'say') await message(answer.text, index, dueMs)
      else await call(answer, index, dueMs)
    }
    send({ type: 'response.done', response: resource('completed', { usage: usage() }) })
  } catch (error) {
    if (!signal.aborted) throw error
    const details = { type: 'cancelled', reason: 'client_cancelled' }
    send({ type: 'response.done', response: resource('cancelled', { status_details: details, usage: usage() }) })
  }
  return made
}

/** Tokens of up to five characters, each with the space before it. */
const tokensOf = (text: string): readonly string[] => text.match(/\s*\S{1,5}/g) ?? []

const base64Of = (pcm: Int16Array, rateHz: 8000 | 24000): string =>
  Buffer.from(rateHz === 8_000 ? encodeMulaw(pcm) : new Uint8Array(pcm.buffer)).toString('base64')
