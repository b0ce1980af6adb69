import { expect, test } from 'vitest'
import type { Transcript } from '../../../src/conversation/ports.ts'
import type { TranscriptionEvent } from '../../../src/providers/openai-realtime/events.ts'
import type { HeardItem } from '../../../src/providers/openai-realtime/input-items.ts'
import { Utterances } from '../../../src/providers/openai-realtime/utterances.ts'

function opened() {
  const told: string[] = []
  const items: HeardItem[] = []
  const tell = ({ text, final }: Transcript): void => void told.push(final ? `${text}.` : text)
  return { utterances: new Utterances(tell, item => items.push(item)), told, items }
}

const delta = (item_id: string, text: string): TranscriptionEvent => ({
  ...{ type: 'conversation.item.input_audio_transcription.delta', item_id, delta: text },
})
const completed = (item_id: string, transcript: string): TranscriptionEvent => ({
  ...{ type: 'conversation.item.input_audio_transcription.completed', item_id, transcript },
})
const committed = (item_id: string): TranscriptionEvent => ({ type: 'input_audio_buffer.committed', item_id })
const failed = (item_id: string): TranscriptionEvent => ({
  ...{ type: 'conversation.item.input_audio_transcription.failed', item_id, error: { message: 'noise', code: 'bad' } },
})

test('words of an utterance that goes on replace those before, and its final ones end it', () => {
  const { utterances, told, items } = opened()
  utterances.begin()
  for (const event of [delta('a', 'Hello'), delta('a', ' there'), committed('a'), completed('a', 'Hello there')])
    utterances.take(event)
  expect(told).toEqual(['Hello', 'Hello there', 'Hello there.'])
  expect(items).toEqual([{ id: 'a', transcript: 'Hello there' }])
  expect(utterances.isIdle).toBe(true)
})

test('finals that come in another order are told in the order of their utterances', () => {
  const { utterances, told } = opened()
  utterances.begin()
  utterances.commit('commit-1', 1, 100)
  utterances.begin()
  utterances.commit('commit-2', 2, 200)
  for (const event of [committed('a'), committed('b'), completed('b', 'second')]) utterances.take(event)
  expect(told).toEqual([])
  expect(utterances.waitingSinceMs).toBe(1)
  utterances.take(completed('a', 'first'))
  expect(told).toEqual(['first.', 'second.'])
  expect(utterances.waitingSinceMs).toBeUndefined()
})

test('an utterance that cannot be transcribed has the words that came of it, or fails', () => {
  const { utterances, told } = opened()
  utterances.begin()
  utterances.take(delta('a', 'Hello'))
  utterances.take(failed('a'))
  expect(told).toEqual(['Hello', 'Hello.'])
  utterances.begin()
  expect(() => utterances.take(failed('b'))).toThrow('bad noise')
})

test('what comes of a session before nobody spoke is nothing', () => {
  const { utterances, told } = opened()
  utterances.take(completed('x', 'a ghost'))
  expect(told).toEqual([])
})

test('an utterance without words is final, and no sound to refer to', () => {
  const { utterances, told, items } = opened()
  utterances.begin()
  utterances.take(completed('a', ' '))
  expect(told).toEqual(['.'])
  expect(items).toEqual([])
})

test('a commit that was refused for want of sound has no words, and those after it are told', () => {
  const { utterances, told } = opened()
  utterances.begin()
  utterances.commit('commit-1', 1, 100)
  utterances.begin()
  utterances.commit('commit-2', 2, 200)
  utterances.refusedAsEmpty('commit-1')
  utterances.refusedAsEmpty('commit-7')
  for (const event of [committed('b'), completed('b', 'second')]) utterances.take(event)
  expect(told).toEqual(['.', 'second.'])
  expect(utterances.isIdle).toBe(true)
})
