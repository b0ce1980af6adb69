import { expect, test } from 'vitest'
import { answerEvents } from '../../../src/providers/chat/answer-events.ts'

const event = (text: string): string => `data: ${JSON.stringify({ text })}\n\n`

async function* bodyOf(...parts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield new TextEncoder().encode(part)
}

/** The number of events before each pause, and after the last one. */
async function countsBetweenPauses(body: AsyncIterable<Uint8Array>): Promise<readonly number[]> {
  const counts = [0]
  const pause = async (): Promise<void> => void counts.push(0)
  for await (const _ of answerEvents(body, pause)) counts.push((counts.pop() ?? 0) + 1)
  return counts
}

test('a letter that is cut between two chunks is the same letter', async () => {
  const bytes = new TextEncoder().encode(event('Déjà vu – 日本 😀'))
  async function* cut(): AsyncGenerator<Uint8Array> {
    for (const byte of bytes) yield Uint8Array.of(byte)
  }
  const events = await Array.fromAsync(answerEvents(cut(), async () => undefined))
  expect(events).toEqual([{ kind: 'json', value: { text: 'Déjà vu – 日本 😀' } }])
})

test('many small events that come at once leave room for other work', async () => {
  const counts = await countsBetweenPauses(bodyOf(event('well ').repeat(1_000)))
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1_000)
  expect(Math.max(...counts)).toBeLessThanOrEqual(16)
})

test('a large event that comes in many chunks leaves room for other work', async () => {
  const text = event('a'.repeat(500_000))
  const chunks = Array.from({ length: 62 }, (_, index) => text.slice(index * 8_192, (index + 1) * 8_192))
  const counts = await countsBetweenPauses(bodyOf(...chunks))
  expect(counts.length).toBeGreaterThan(7)
})

test.each([
  ['a line of a megabyte', [event('a'.repeat(1_000_000))]],
  ['a line of a megabyte in pieces', Array.from({ length: 100 }, () => 'a'.repeat(10_000))],
  [
    'a megabyte of one JSON value in lines',
    Array.from({ length: 100 }, (_, i) => `${i === 0 ? '[' : ''}${'1,\n'.repeat(4_000)}`),
  ],
  ['five megabytes in events', Array.from({ length: 500 }, () => event('a'.repeat(10_000)))],
])('%s is not read to its end', async (_, parts) => {
  await expect(countsBetweenPauses(bodyOf(...parts))).rejects.toThrow('longer than can be read')
})
