import type { FastifyInstance } from 'fastify'
import type { Delta, Prompt, Speech, TextToSpeech, Word } from '../../../src/conversation/ports.ts'
import { Queue } from '../../../src/conversation/queue.ts'
import { Clauses } from '../../../src/conversation/reply/clauses.ts'
import { type Flite, openFlite } from '../../../src/flite/flite.ts'
import { english } from '../../../src/languages/english.ts'
import { openAiRealtime } from '../../../src/providers/openai-realtime/provider.ts'
import { openAnnouncedCalls } from '../../../src/sandbox/announced-calls.ts'
import type { DelayProfile } from '../../../src/sandbox/delays.ts'
import {
  openOpenAiRealtimeStandIn,
  type RealtimeStandInOptions,
} from '../../../src/sandbox/openai-realtime/stand-in.ts'
import { openVirtualTime } from '../../whole-call/virtual-time.ts'
import { loudnessDetector } from '../in-virtual-time/loudness-detector.ts'

const steady = (ms: number) => ({ medianMs: ms, p95Ms: ms })
const PROFILE: DelayProfile = {
  interim: steady(60),
  final: { ...steady(120), after: 'last-word' },
  firstToken: steady(200),
  tokensPerSecond: 100,
  firstSound: steady(150),
}
const VALUES = {
  apiKey: 'key',
  model: 'gpt-realtime-2.1-mini',
  voiceId: 'marin',
  transcriptionModel: 'gpt-realtime-whisper',
}

/** One for all: a sentence that it has spoken once is at hand. */
const flite = openFlite()

/** A session of a call and its stand-in in this process, in virtual time. */
export async function openSession(options: RealtimeStandInOptions = {}, changed: Partial<typeof VALUES> = {}) {
  const time = openVirtualTime()
  const { clock, network, outside, passing } = time
  const speaking: Flite = {
    synthesize: (text, voice, signal) => outside.during(flite.synthesize(text, voice, signal)),
    close: async () => undefined,
  }
  const announced = openAnnouncedCalls(clock)
  const serve = (app: FastifyInstance) => network.serve('vendor', app)
  const standIn = await openOpenAiRealtimeStandIn(
    { serve, profile: PROFILE, seed: 1, clock, announced, ...options },
    speaking,
  )
  const other: string[] = []
  const otherVoice: TextToSpeech = {
    async *speak(text) {
      for await (const piece of text) {
        other.push(piece)
        yield { kind: 'audio', frame: { pcm: new Int16Array(800), rateHz: 8_000 } }
      }
    },
  }
  const life = new AbortController()
  const provider = openAiRealtime({ ...VALUES, ...changed, baseUrl: `${standIn.url}/v1` }, { clock, network })
  const call = { callId: 'CA1', traceparent: undefined, language: 'en', signal: life.signal }
  const ports = provider.inPerson?.(
    { ...call, rateHz: 8_000, voiceRateHz: 8_000 },
    { voice: otherVoice, voiceActivity: loudnessDetector },
  )
  if (!ports) throw new Error('it does not speak')

  /** What of these pieces is heard for this part of a reply. */
  async function* spoken(pieces: AsyncIterable<string>, reply: number): AsyncGenerator<Speech> {
    yield* ports?.voice.speak(pieces, life.signal, { reply, part: 0 }) ?? []
  }

  return {
    ...{ clock, network, passing, standIn, announced, other, ports, spoken, life },
    speakLike: (text: string) => passing(speaking.synthesize(text, 'slt', life.signal)),
    async close() {
      life.abort(new Error('the call is over'))
      await passing(standIn.close())
      time.close()
    },
  }
}

export const asks = (text: string, reply = 1): Prompt => ({
  instructions: 'You are helpful.',
  history: [{ role: 'caller', text }],
  tools: [{ name: 'look_up', description: 'Looks it up.', parameters: { type: 'object' }, changes: false }],
  of: { reply, part: 0 },
})

type Session = Awaited<ReturnType<typeof openSession>>

/** What a reply was: its words as they were written, its calls, and what of it is heard, with its times. */
export interface Answered {
  readonly text: string
  readonly calls: readonly string[]
  readonly words: readonly Word[]
  readonly soundMs: number
  readonly tokens: Extract<Delta, { kind: 'tokens' }> | undefined
  /** When the first sound came, in ms after it was asked for. */
  readonly firstSoundMs: number
}

/**
 * Asks the model, and has its clauses spoken as a reply does. `most`: no more clauses are spoken; `until` aborts all of it.
 */
export async function answer(
  { ports, clock, spoken }: Session,
  prompt: Prompt,
  { most = Number.POSITIVE_INFINITY, until = new AbortController().signal } = {},
): Promise<Answered> {
  const pieces = new Queue<string>(1_000)
  const clauses = new Clauses(english)
  const calls: string[] = []
  const words: Word[] = []
  const askedMs = clock.now()
  let text = ''
  let said = 0
  let soundMs = 0
  let firstSoundMs = Number.POSITIVE_INFINITY
  let tokens: Answered['tokens']
  const say = (clause: { readonly text: string }): void => {
    if (++said <= most) pieces.push(clause.text)
    if (said === most) pieces.close()
  }
  async function think(): Promise<void> {
    for await (const delta of ports.model.reply(prompt, until)) {
      if (delta.kind === 'text') {
        text += delta.text
        for (const ready of clauses.push(delta.text)) ready.forEach(say)
      } else if (delta.kind === 'tool-call') calls.push(delta.call.name)
      else if (delta.kind === 'tokens') tokens = delta
    }
    clauses.rest(false).forEach(say)
  }
  async function speak(): Promise<void> {
    for await (const made of spoken(pieces, prompt.of?.reply ?? 0)) {
      if (made.kind === 'words') words.push(...made.words)
      else {
        firstSoundMs = Math.min(firstSoundMs, clock.now() - askedMs)
        soundMs += (made.frame.pcm.length / made.frame.rateHz) * 1_000
      }
    }
  }
  await Promise.all([think().finally(() => pieces.close()), speak()])
  return { text: text.trim(), calls, words, soundMs, tokens, firstSoundMs }
}
