import { openFlite } from '../../../src/flite/flite.ts'
import { LINE_RATE_HZ, listFixtures, loadNamedFixture, type Script } from '../../../src/sandbox/caller/fixture.ts'
import { trimmed } from '../../../src/sandbox/caller/line-sound.ts'
import { seeded } from '../../../src/sandbox/chance.ts'
import { humanReading, type Recorded } from './human-reading.ts'
import { openNeuralVoice } from './neural-voice.ts'
import { ORDERS } from './orders.ts'
import { type Behind, byPhone } from './phone-line.ts'

/** Sentences of one voice, as they come by telephone. */
export interface SpokenSet {
  readonly what: string
  readonly voice: string
  /** `robot`: synthesised by joining recordings of sounds, which suffers from the telephone as people do not. */
  readonly kind: 'human' | 'neural' | 'robot'
  readonly behind: Behind | undefined
  readonly sentences: readonly (Recorded & { readonly line: Int16Array })[]
}

const SEED = 15
const ROBOTS = ['rms', 'awb', 'kal', 'slt'] as const

/** A person who reads a book. */
export const humanSet = async (signal: AbortSignal): Promise<SpokenSet> =>
  setOf({ what: 'a book, read', voice: 'LibriVox', kind: 'human' }, await humanReading(signal))

/** The orders by the neural voice. */
export async function neuralSet(signal: AbortSignal): Promise<SpokenSet> {
  const voice = await openNeuralVoice(signal)
  const orders: Recorded[] = []
  for (const say of ORDERS) orders.push({ say, pcm: await voice.say(say), rateHz: voice.rateHz })
  await voice.close()
  return setOf({ what: 'orders', voice: 'Piper joe', kind: 'neural' }, orders)
}

/** The project's recorded callers, by voice. Their sound is a telephone line's already. */
export async function fixtureSets(): Promise<readonly SpokenSet[]> {
  const spoken = (await fixtureScripts()).flatMap(({ voice, utterances }) =>
    utterances.flatMap(one =>
      one.kind === 'speech' && one.say !== '' ? [{ voice, say: one.say, pcm: one.pcm, rateHz: LINE_RATE_HZ }] : [],
    ),
  )
  return [...new Set(spoken.map(({ voice }) => voice))].toSorted().map(voice =>
    setOf(
      { what: 'fixtures', voice: `flite ${voice}`, kind: 'robot' },
      spoken.filter(one => one.voice === voice),
    ),
  )
}

/** The orders by voices of flite. */
export async function robotSets(signal: AbortSignal): Promise<readonly SpokenSet[]> {
  const flite = openFlite()
  const sets: SpokenSet[] = []
  for (const voice of ROBOTS) {
    const orders: Recorded[] = []
    for (const say of ORDERS) orders.push({ say, ...trimmed(await flite.synthesize(say, voice, signal)) })
    sets.push(setOf({ what: 'orders', voice: `flite ${voice}`, kind: 'robot' }, orders))
  }
  await flite.close()
  return sets
}

/** The same sentences with a noise behind them: the babble is what the recorded callers say, who have other voices. */
export async function noisy(set: SpokenSet, behind: Behind): Promise<SpokenSet> {
  const samples = (await fixtureScripts()).flatMap(({ utterances }) =>
    utterances.flatMap(one => (one.kind === 'speech' ? [...one.pcm] : [])),
  )
  return setOf(set, set.sentences, behind, Int16Array.from(samples))
}

async function fixtureScripts(): Promise<readonly Script[]> {
  return Promise.all((await listFixtures()).map(({ name }) => loadNamedFixture(name)))
}

function setOf(
  { what, voice, kind }: Pick<SpokenSet, 'what' | 'voice' | 'kind'>,
  recorded: readonly Recorded[],
  behind?: Behind,
  chatter: Int16Array = new Int16Array(1),
): SpokenSet {
  const random = seeded(SEED)
  const sentences = recorded.map(({ say, pcm, rateHz }) => ({
    ...{ say, pcm, rateHz },
    line: byPhone(pcm, rateHz, { random, chatter }, behind),
  }))
  return { what, voice, kind, behind, sentences }
}
