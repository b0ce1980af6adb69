import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { readKeys, type Typed } from '../../src/terminal/keyboard.ts'

function opened(isTTY = true) {
  const raw: boolean[] = []
  const typed: string[] = []
  const input = Object.assign(new PassThrough(), { isTTY, setRawMode: (mode: boolean) => raw.push(mode) })
  const end = readKeys(
    input as unknown as Typed,
    key => typed.push(key),
    () => typed.push('quit'),
  )
  return { input, end, raw, typed }
}

test('keys of the phone are pressed, q and Ctrl-C hang up, and all else is nothing', async () => {
  const { input, typed } = opened()
  input.write('1a2 *#\r\n')
  input.write('q')
  input.write('\u0003')
  await expect.poll(() => typed).toEqual(['1', '2', '*', '#', 'quit', 'quit'])
})

test('the terminal is as it was afterwards', () => {
  const { input, end, raw } = opened()
  end()
  expect(raw).toEqual([true, false])
  expect(input.listenerCount('data')).toBe(0)
  expect(input.isPaused()).toBe(true)
})

test('what is no terminal is read, too', async () => {
  const { input, raw, typed } = opened(false)
  input.write('7')
  await expect.poll(() => typed).toEqual(['7'])
  expect(raw).toEqual([])
})
