import { openFlite } from '../../../src/flite/flite.ts'
import { LINE_RATE_HZ, listFixtures, loadNamedFixture } from '../../../src/sandbox/caller/fixture.ts'
import { trimmed } from '../../../src/sandbox/caller/line-sound.ts'
import { seeded } from '../../../src/sandbox/chance.ts'
import { humanReading, type Recorded } from './human-reading.ts'
import { openNeuralVoice } from './neural-voice.ts'
import { NOISES } from './noises.ts'
import { ORDERS } from './orders.ts'
import { type Behind, byPhone } from './phone-line.ts'

/** Sentences of one voice, as they come by telephone. */
export interface SpokenSet {
  readonly what: string
  readonly voice: string
  /** `robot`: synthesised by joining recordings of sounds, which suffers from the telephone as people do not. */
  readonly kind: 'human' | 'neural' | 'robot'
  readonly behind?: Behind | undefined
  readonly sentences: readonly { readonly say: string; readonly line: Int16Array }[]
}

const SEED = 15
const ROBOTS = ['rms', 'awb', 'kal', 'slt'] as const
const SNRS_DB = [20, 10]

/** The reading of people that are known to speak clearly. */
export async function humanSet(signal: AbortSignal): Promise<SpokenSet> {
  return setOf('a reading', 'LibriVox', 'human', await humanReading(signal))
}

/** The orders by the neural voice. */
export async function neuralSet(signal: AbortSignal): Promise<SpokenSet> {
  return setOf('orders', 'Piper joe', 'neural', await neuralOrders(signal))
}

async function neuralOrders(signal: AbortSignal): Promise<readonly Recorded[]> {
  const voice = await openNeuralVoice(signal)
  const orders: Recorded[] = []
  for (const say of ORDERS) orders.push({ say, pcm: await voice.say(say), rateHz: voice.rateHz })
  await voice.close()
  return orders
}

/** The project's recorded callers, by voice. Their sound is a telephone line's already. */
export async function fixtureSets(): Promise<readonly SpokenSet[]> {
  const scripts = await Promise.all((await listFixtures()).map(({ name }) => loadNamedFixture(name)))
  const spoken = scripts.flatMap(({ voice, utterances }) =>
    utterances.flatMap(one =>
      one.kind === 'speech' && one.say !== '' ? [{ voice, say: one.say, pcm: one.pcm, rateHz: LINE_RATE_HZ }] : [],
    ),
  )
  const voices = [...new Set(spoken.map(({ voice }) => voice))].toSorted()
  return voices.map(voice =>
    setOf(
      'fixtures',
      `flite ${voice}`,
      'robot',
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
    sets.push(setOf('orders', `flite ${voice}`, 'robot', orders))
  }
  await flite.close()
  return sets
}

/** The reading and the neural voice's orders with each noise behind them. */
export async function noisySets(signal: AbortSignal): Promise<readonly SpokenSet[]> {
  const chatter = await chatterOfFixtures()
  const [reading, orders] = [await humanReading(signal), await neuralOrders(signal)]
  return SNRS_DB.flatMap(snrDb =>
    NOISES.flatMap(noise => [
      setOf('a reading', 'LibriVox', 'human', reading, { noise, snrDb }, chatter),
      setOf('orders', 'Piper joe', 'neural', orders, { noise, snrDb }, chatter),
    ]),
  )
}

/** All that the recorded callers say, end to end: other voices than those that are listened to. */
async function chatterOfFixtures(): Promise<Int16Array> {
  const scripts = await Promise.all((await listFixtures()).map(({ name }) => loadNamedFixture(name)))
  return Int16Array.from(
    scripts.flatMap(({ utterances }) => utterances.flatMap(one => (one.kind === 'speech' ? [...one.pcm] : []))),
  )
}

function setOf(
  what: string,
  voice: string,
  kind: SpokenSet['kind'],
  recorded: readonly Recorded[],
  behind?: Behind,
  chatter: Int16Array = new Int16Array(1),
): SpokenSet {
  const random = seeded(SEED)
  const sentences = recorded.map(({ say, pcm, rateHz }) => ({
    say,
    line: byPhone(pcm, rateHz, { random, chatter }, behind),
  }))
  return { what, voice, kind, behind, sentences }
}
