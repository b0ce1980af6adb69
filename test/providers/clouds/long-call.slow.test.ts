import { expect, onTestFinished, test } from 'vitest'
import type { SttInput } from '../../../src/conversation/ports.ts'
import { openFlite } from '../../../src/flite/flite.ts'
import { azureEars } from '../../../src/providers/azure/azure-ears.ts'
import { googleCredentials } from '../../../src/providers/google/credentials.ts'
import { googleEars } from '../../../src/providers/google/google-ears.ts'
import { openAnnouncedCalls } from '../../../src/sandbox/announced-calls.ts'
import { openAzureStandIn } from '../../../src/sandbox/azure/stand-in.ts'
import { profiles } from '../../../src/sandbox/delays.ts'
import { openGoogleStandIn } from '../../../src/sandbox/google/stand-in.ts'
import { joined, silence, tone } from '../../sandbox/caller/sounds.ts'
import { openVirtualTime } from '../../whole-call/virtual-time.ts'

const MINUTES = 11
const EVERY_MS = 15_000
const FRAME_MS = 100
const WORDS = ['Hello', 'there', 'again.']

/**
 * Azure ends connections after ten minutes and Google streams after five. The caller says three words every 15 s; half of the
 * pauses are not flushed, as where somebody goes on before the detector finds an end.
 */
test.each(['azure', 'google'] as const)(
  '%s hears a call of eleven minutes without losing or doubling a word',
  async vendor => {
    const time = openVirtualTime()
    const { clock, network, passing } = time
    const announced = openAnnouncedCalls(clock)
    const options = { profile: profiles.fast, seed: 1, clock, announced }
    const serve = (app: Parameters<typeof network.serve>[1]) => network.serve('vendor', app)
    const standIn =
      vendor === 'azure'
        ? await openAzureStandIn({ ...options, serve }, openFlite())
        : await openGoogleStandIn({ ...options, serve })
    const lifetime = new AbortController()
    onTestFinished(async () => {
      lifetime.abort()
      await standIn.close()
      time.close()
    })
    const shared = { baseUrl: standIn.url, language: 'en', rateHz: 8_000 }
    const ears =
      vendor === 'azure'
        ? azureEars({ ...shared, apiKey: 'key', region: 'eastus' }, clock, network)
        : googleEars(
            {
              ...{ ...shared, credentials: await googleCredentials('key'), projectId: 'any', region: 'global' },
              model: 'telephony',
            },
            clock,
            network,
          )

    const said = joined(tone(900), silence(EVERY_MS - 900))
    async function* caller(): AsyncGenerator<SttInput> {
      for (let turn = 0; turn < (MINUTES * 60_000) / EVERY_MS; turn++) {
        const words = WORDS.map((text, i) => ({ text, startMs: i * 300, endMs: (i + 1) * 300 }))
        announced.announce('CA1', { words, voicedFromMs: 0 })
        for (let at = 0; at < said.length; at += FRAME_MS * 8) {
          await clock.sleep(FRAME_MS, lifetime.signal)
          yield { pcm: said.subarray(at, at + FRAME_MS * 8), rateHz: 8_000, atMs: clock.now() }
          if (at === 1_300 * 8 && turn % 2 === 0) yield 'flush'
        }
      }
    }
    async function heard(): Promise<string> {
      const all: string[] = []
      for await (const { text, final } of ears.transcribe(caller(), lifetime.signal)) if (final && text) all.push(text)
      return all.join(' ')
    }
    expect(await passing(heard())).toBe(
      Array((MINUTES * 60_000) / EVERY_MS)
        .fill(WORDS.join(' '))
        .join(' '),
    )
  },
)
