import type { Channel, Speech, TextToSpeech } from '../ports.ts'
import { Queue } from '../queue.ts'
import { scopeOf } from '../scope.ts'
import { boundedVoice, MOST_PIECES } from './bounded-voice.ts'

/**
 * Says one sentence on a line that is free. Resolves when it was heard, or, after an abort, when the line is silent.
 * Throws what the voice throws, or an Error when the voice makes no sound.
 */
export async function sayAloud(
  channel: Channel,
  voice: TextToSpeech,
  text: string,
  signal: AbortSignal,
): Promise<void> {
  const scope = scopeOf(signal)
  const speech = new Queue<Speech>(MOST_PIECES)
  async function* once(): AsyncGenerator<string> {
    yield text
  }
  async function make(): Promise<void> {
    try {
      for await (const made of boundedVoice(voice).speak(once(), scope.signal)) speech.push(made)
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
    // The voice must not go on making sound that nobody plays.
    scope.abort(new Error('it is said'))
    await made
  }
}
