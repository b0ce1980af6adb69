import type { Channel, Speech, TextToSpeech } from '../ports.ts'
import { Queue } from '../queue.ts'
import { scopeOf } from '../scope.ts'

/** A sentence has some hundred pieces. */
const MOST_SPEECH = 6_000

/**
 * Says one sentence on a line on which nothing else is said. Resolves when it was heard, or with the line silent again
 * when `signal` aborted. Throws what the voice throws, or an Error when it makes no sound.
 */
export async function sayAloud(
  channel: Channel,
  voice: TextToSpeech,
  text: string,
  signal: AbortSignal,
): Promise<void> {
  const scope = scopeOf(signal)
  const speech: Queue<Speech> = new Queue(MOST_SPEECH, () => speech.fail(new Error('the voice runs away')))
  async function* once(): AsyncGenerator<string> {
    yield text
  }
  async function make(): Promise<void> {
    try {
      for await (const made of voice.speak(once(), scope.signal)) speech.push(made)
      speech.close()
    } catch (error) {
      speech.fail(error)
    }
  }
  const made = make()
  let heardMs = 0
  try {
    for await (const heard of channel.play(speech, signal)) heardMs = heard.heardMs
    if (heardMs === 0 && !signal.aborted) throw new Error('the voice makes no sound')
  } finally {
    // However it ended: the voice is not left talking to itself.
    scope.abort(new Error('it is said'))
    await made
  }
}
