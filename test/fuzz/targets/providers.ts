import type { Opened } from '../../../src/contract/check.ts'
import { type Said, said } from '../../../src/contract/said.ts'
import type { Delta, Prompt, Speech, Transcript } from '../../../src/conversation/ports.ts'
import { scopeOf } from '../../../src/conversation/scope.ts'
import { ProviderError } from '../../../src/errors.ts'
import type { Port, Ports } from '../../../src/providers/entry.ts'
import { type ContractOptions, inVirtualTime } from '../../providers/in-virtual-time/in-virtual-time.ts'
import type { Edit } from '../mutation/edit.ts'
import { editedSession } from '../mutation/session.ts'
import { holds, type OpenTarget, type Ran, type Target } from '../target.ts'
import { editedWire } from '../wires/edited-wire.ts'

/** Longer than any limit that an adapter has. */
const ENDS_WITHIN_MS = 120_000
const LINGERS_MS = 8_000
const RATE_HZ = 8_000
const PROMPT: Prompt = {
  instructions: 'Be brief.',
  history: [{ role: 'caller', text: 'Look up the tables, please.' }],
  tools: [
    {
      ...{ name: 'look_up', description: 'Looks something up.', changes: false },
      parameters: { type: 'object', properties: { subject: { type: 'string' } }, required: ['subject'] },
    },
  ],
}
const WORDS: Prompt = { ...PROMPT, history: [{ role: 'caller', text: 'Hello.' }] }
const PIECES = ['Good morning. ', 'The kitchen is open ', 'until eleven.']
const SAID: readonly Said[] = [
  { kind: 'words', text: 'Hello there.' },
  { kind: 'silence', ms: 800 },
  { kind: 'flush' },
  { kind: 'silence', ms: 1_500 },
]

const isNumber = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value) && value >= 0

const USES: {
  readonly [P in Port]: {
    use(opened: Opened<Ports[P]>, signal: AbortSignal): AsyncIterable<Transcript | Delta | Speech>
  }
} = {
  STT: {
    async *use({ provider, clock, announce }, signal) {
      const call = { callId: 'CA1', rateHz: RATE_HZ, language: 'en', traceparent: undefined, signal }
      const tell = (one: Parameters<NonNullable<typeof announce>>[1]): void => announce?.('CA1', one)
      const parts = { clock, rateHz: RATE_HZ, announce: tell, signal, step: () => undefined }
      for await (const one of provider.forCall(call).transcribe(said(SAID, parts), signal)) {
        const { text, final, ended, endOfTurn, untilMs } = one
        holds(typeof text === 'string', `words are no text: ${JSON.stringify(one)}`)
        holds(typeof final === 'boolean' && typeof ended === 'boolean', `no transcript: ${JSON.stringify(one)}`)
        holds(endOfTurn === undefined || (isNumber(endOfTurn) && endOfTurn <= 1), `no likelihood: ${endOfTurn}`)
        holds(untilMs === undefined || isNumber(untilMs), `no time: ${untilMs}`)
        yield one
      }
    },
  },
  LLM: {
    async *use({ provider }, signal) {
      const model = provider.forCall({ callId: 'CA1', language: 'en', traceparent: undefined, signal })
      for (const prompt of [WORDS, PROMPT])
        for await (const one of model.reply(prompt, signal)) {
          holds(isDelta(one), `no delta: ${JSON.stringify(one).slice(0, 300)}`)
          yield one
        }
    },
  },
  TTS: {
    async *use({ provider }, signal) {
      const voice = provider.forCall({ callId: 'CA1', rateHz: RATE_HZ, language: 'en', traceparent: undefined, signal })
      async function* text() {
        yield* PIECES
      }
      for await (const one of voice.speak(text(), signal)) {
        if (one.kind === 'audio')
          holds(
            one.frame.pcm instanceof Int16Array && one.frame.rateHz === RATE_HZ,
            'no sound of the rate that was asked for',
          )
        else
          for (const word of one.words)
            holds(
              typeof word.text === 'string' &&
                isNumber(word.startMs) &&
                isNumber(word.endMs) &&
                word.endMs >= word.startMs,
              `no word: ${JSON.stringify(word).slice(0, 300)}`,
            )
        yield one
      }
    },
  },
}

function isDelta(one: Delta): boolean {
  switch (one.kind) {
    case 'text':
      return typeof one.text === 'string'
    case 'tool-call':
      return [one.call.id, one.call.name, one.call.arguments].every(text => typeof text === 'string')
    case 'tokens':
      return [one.input, one.output, one.cached].every(isNumber)
    case 'writing':
      return true
  }
}

/** A provider and its stand-in, whose answers are edited on their way. */
export const providerTarget = <P extends Port>(
  name: string,
  port: P,
  options: Omit<ContractOptions<P>, 'has'>,
): Target => ({
  name,
  async open(): Promise<OpenTarget> {
    let wire: ReturnType<typeof editedWire> | undefined
    let connections = (): number => 0
    const subject = inVirtualTime<P>({
      ...options,
      has: {} as ContractOptions<P>['has'],
      onNetwork: network => {
        wire = editedWire(network)
        connections = network.connections
      },
    })
    const opened = await subject.open({})

    async function session(edits: readonly Edit[]): Promise<Ran> {
      const edited = editedSession(edits)
      wire?.edits(edited)
      const call = scopeOf(new AbortController().signal)
      const beganMs = opened.clock.now()
      try {
        const { use } = USES[port] as { use(of: unknown, signal: AbortSignal): AsyncIterable<unknown> }
        for await (const _ of use(opened, call.signal));
      } catch (error) {
        // A property that does not hold, or an error of the adapter's.
        if (error instanceof Error && error.constructor === Error) throw error
        holds(error instanceof ProviderError, `it threw ${error instanceof Error ? error.stack : String(error)}`)
        holds(error.message.length < 700, `an error of ${error.message.length} letters`)
      } finally {
        call.abort(new Error('the call is over'))
        wire?.edits(undefined)
      }
      const tookMs = opened.clock.now() - beganMs
      holds(tookMs < ENDS_WITHIN_MS, `it took ${tookMs} ms`)
      return { messages: edited.taken, changed: edited.changed }
    }

    const { messages } = await opened.passing(session([]))
    const idle = await quiet()

    /** How many connections and waits are left a while after a call. */
    async function quiet(): Promise<number> {
      await opened.passing(opened.clock.sleep(LINGERS_MS, new AbortController().signal))
      return opened.busy()
    }

    return {
      messages,
      async run(edits) {
        const ran = await opened.passing(session(edits))
        const left = await quiet()
        holds(left <= idle, `${left - idle} connections or waits are left open: ${connections()} connections are now`)
        return ran
      },
      close: () => opened.close(),
    }
  },
})
