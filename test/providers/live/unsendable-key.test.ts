import { inspect } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import type { SpeechToText } from '../../../src/conversation/ports.ts'
import { systemNetwork as network } from '../../../src/network.ts'
import { assemblyAi } from '../../../src/providers/assemblyai/assemblyai.ts'
import { azureEars } from '../../../src/providers/azure/azure-ears.ts'
import { cartesiaSocket } from '../../../src/providers/cartesia-socket.ts'
import { openAiEars } from '../../../src/providers/openai-ears/openai-ears.ts'
import { realtimeSocket } from '../../../src/providers/openai-realtime/socket.ts'
import { openVoiceSocket } from '../../../src/providers/speaking/voice-socket.ts'
import { FakeClock } from '../../fakes/clock.ts'

const baseUrl = 'ws://127.0.0.1:1'
const apiKey = 'sk-SECRET\nX'
const shared = { apiKey, baseUrl, model: 'm', traceparent: undefined, rateHz: 8_000, language: 'en' }
const clock = new FakeClock()

/** How a session fails to which nobody speaks. */
async function heardOf(ears: SpeechToText): Promise<unknown> {
  const call = new AbortController()
  onTestFinished(() => call.abort())
  async function* noSound() {
    await new Promise(resolve => call.signal.addEventListener('abort', resolve))
    yield 'flush' as const
  }
  return Array.fromAsync(ears.transcribe(noSound(), call.signal)).catch(error => error)
}

const WAYS: Readonly<Record<string, () => Promise<unknown>>> = {
  AssemblyAI: () => heardOf(assemblyAi(shared, clock, network)),
  'OpenAI’s ears': () => heardOf(openAiEars(shared, clock, network)),
  Azure: () => heardOf(azureEars({ ...shared, region: 'eastus' }, clock, network)),
  Cartesia: () => Array.fromAsync(cartesiaSocket(shared, clock, network).open('one')).catch(error => error),
  'OpenAI Realtime': () =>
    new Promise(failed => {
      realtimeSocket({ ...shared, callId: 'CA1' }, {}, { event: () => undefined, failed }, clock, network)
    }),
  'a voice': () =>
    new Promise(failed => {
      const target = { provider: 'V', url: baseUrl, headers: { authorization: apiKey }, maxMessageBytes: 1 }
      openVoiceSocket(target, { received: () => undefined, failed }, clock, network)
    }),
}

test.each(Object.entries(WAYS))(
  '%s: a key that no header can have is told as a failure, and not shown',
  async (_, way) => {
    const error = await way()
    expect(error).toMatchObject({ name: 'ProviderError', retryable: false })
    expect(String(error)).toContain('Invalid character in header content')
    expect(inspect(error)).not.toContain('SECRET')
    expect(clock.pending).toBe(0)
  },
)
