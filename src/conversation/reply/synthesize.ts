import type { Speech } from '../ports.ts'
import type { Queue } from '../queue.ts'
import { orAborted } from '../scope.ts'
import { isFiller } from '../turn/turn.ts'
import { boundedVoice } from './bounded-voice.ts'
import { byManner } from './by-manner.ts'
import type { Clause } from './manner-marks.ts'
import type { ReplyWork } from './reply-work.ts'
import { speakable } from './speakable.ts'

/** A reply that would sound longer ends with the clause before. */
const MOST_SOUND_MS = 180_000
/** The same while little of the call's budget is left. */
const SHORT_SOUND_MS = 20_000
/** How long a letter sounds. Numbers are words by then. */
const LETTER_MS = 65

/**
 * Turns text into speech as it comes, and journals it. Tells the text that the voice is given, and that there is sound. Never
 * rejects: the queue carries the errors.
 */
export async function synthesize(
  work: ReplyWork,
  part: number,
  clauses: AsyncIterable<Clause>,
  speech: Queue<Speech>,
  told: { readonly text: (text: string) => void; readonly sound: () => void },
  signal: AbortSignal,
): Promise<void> {
  const { reply, released, journal, voice: tts, spent, paid, agent } = work
  const of = { reply: reply.id, part }
  const mostSoundMs = reply.short ? SHORT_SOUND_MS : MOST_SOUND_MS
  /** The first piece tells for the whole speech. */
  let isKept: boolean | undefined
  async function* counted(): AsyncGenerator<Clause> {
    for await (const clause of clauses) {
      const text = speakable(clause.text, agent.language)
      if (text === '') continue
      spent.soundMs += text.length * LETTER_MS
      if (spent.soundMs > mostSoundMs && spent.spoken > 0) {
        const why = `more than ${mostSoundMs / 1_000} s of speech`
        if (!spent.isCut) journal.append({ noted: { kind: 'reply-cut', reply: reply.id, part, why } })
        spent.isCut = true
        return
      }
      work.isVoiced ||= !isFiller(part)
      isKept ??= tts.keeps?.(text, of) ?? false
      if (!isKept) paid.set(tts.by, (paid.get(tts.by) ?? 0) + text.length)
      spent.spoken += text.length
      told.text(text)
      yield { text, manner: agent.expressive ? clause.manner : undefined }
      // Speech costs money, so a draft gets only its first clause.
      await orAborted(released, signal)
    }
  }
  try {
    const speak: Parameters<typeof byManner>[1] = (text, manner) =>
      boundedVoice(tts).speak(text, signal, of, {
        get manner() {
          return manner()
        },
      })
    for await (const made of byManner(counted(), speak)) {
      if (made.kind === 'audio') {
        journal.append({ input: { kind: 'speech', ...of, samples: made.frame.pcm.length } })
      } else journal.append({ input: { kind: 'speech-words', ...of, words: made.words } })
      speech.push(made)
      told.sound()
    }
    speech.close()
  } catch (error) {
    speech.fail(error)
  } finally {
    told.sound()
  }
}
