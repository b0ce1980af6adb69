import { readFile } from 'node:fs/promises'
import { afterAll, expect, test } from 'vitest'
import { openScreenReader, UnreadablePicture } from '../../../src/sandbox/gemini/screen-reader.ts'
import { shownText } from '../../../src/sandbox/gemini/seen-text.ts'

const reader = openScreenReader()
const { signal } = new AbortController()
afterAll(() => reader.close())

test('an e-mail on a screen is read: subject, sender and deadline', async () => {
  const text = shownText(await reader.read(await readFile(new URL('./mail.jpg', import.meta.url)), signal))
  expect(text).toContain('as its heading: “Quarterly report for the board”')
  expect(text).toContain('“From: Dana Miller <dana@example.com>”')
  expect(text).toContain('The deadline is Friday, 12 June at 5 pm.')
})

test.each([
  ['nothing', new Uint8Array()],
  ['no picture', new Uint8Array(2_000).fill(7)],
  ['a JPEG that broke off', new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 0, 16, 74, 70, 73, 70])],
])('%s is told as such, and the next picture is read', async (_, jpeg) => {
  await expect(reader.read(jpeg, signal)).rejects.toBeInstanceOf(UnreadablePicture)
})

test('who gives up waits no longer, and after the end nothing is read', async () => {
  const abort = new AbortController()
  const read = reader.read(new Uint8Array([1]), abort.signal)
  abort.abort(new Error('gone'))
  await expect(read).rejects.toThrow('gone')
  const closed = openScreenReader()
  const waiting = closed.read(new Uint8Array([1]), signal)
  await Promise.all([closed.close(), expect(waiting).rejects.toThrow('closed')])
  await expect(closed.read(new Uint8Array([1]), signal)).rejects.toThrow('closed')
})
