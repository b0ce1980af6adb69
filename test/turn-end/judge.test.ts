import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { COMPLETE_FROM, judgeWith, openTurnEndJudge } from '../../src/turn-end/judge.ts'
import { decodeWeights, encodeWeights } from '../../src/turn-end/weights-file.ts'

const WEIGHTS = new URL('../../src/turn-end/weights.bin', import.meta.url).pathname
const judge = await openTurnEndJudge()

test.each([
  ['Add review the quarterly report by Friday', undefined],
  ['Delete it.', undefined],
  ['yes', 'Is that right?'],
  ['yes', undefined],
  ['no', 'Shall I add it?'],
  ['the proposal one', 'Which task do you mean?'],
  ['four people', 'For how many people?'],
  ['Friday', 'When is it due?'],
  ['What is due today?', undefined],
  ["Thanks, that's all.", 'Anything else?'],
  ['my name is Jane Miller', 'What is your name?'],
  ['um, yes', 'Is that right?'],
  ['What do I need to do?', 'How can I help you?'],
  ['what can you do', undefined],
  ['Who is it for?', undefined],
  ['who is the gift from', undefined],
  ['Where are you from?', undefined],
  ['where was he born', undefined],
  ['What is it about?', undefined],
  ['what am I signed up for', undefined],
  ['which team do you play for', undefined],
  ['what is the best one to choose', undefined],
  ['what did the doctor recommend', undefined],
  ['do you know where my keys are', undefined],
  ['can you find out who that was', undefined],
  ["I don't know what that is", undefined],
  ['I have no idea where they are', undefined],
  ['tell me what you think', undefined],
  ['I need to know what it costs', undefined],
] as const)('%j (after %j) is complete', (said, asked) => {
  expect(judge.judge(said, asked)).toBeGreaterThanOrEqual(COMPLETE_FROM)
})

test.each([
  ['add', undefined],
  ['remind me to', undefined],
  ['um', 'When is it due?'],
  ['let me think', 'When is it due?'],
  ['on the', 'When is it due?'],
  ['my number is five five five', 'What is your phone number?'],
  ['555', 'What is your phone number?'],
  ['yes but', 'Is that right?'],
  ['Add milk and', undefined],
  ['my name is', 'What is your name?'],
  ['book a table for, um', undefined],
  ['send it to the where did I put it', undefined],
  ['move my meeting to what was it again', undefined],
  ['what do I need to', undefined],
  ['what is the best one to', undefined],
  ['which team do you', undefined],
  ['who will be', undefined],
  ['where was he born and', undefined],
] as const)('%j (after %j) is not', (said, asked) => {
  expect(judge.judge(said, asked)).toBeLessThan(COMPLETE_FROM / 2)
})

test('case and punctuation change nothing', () => {
  expect(judge.judge('YES, THATS RIGHT!', 'Is that right?')).toBe(judge.judge("yes that's right", 'is that right?'))
})

test.each(['', '   ', '…'])('without words (%j) no turn is complete', said => {
  expect(judge.judge(said, 'Is that right?')).toBe(0)
})

test('decoding returns what was encoded, at any offset in its buffer', async () => {
  const bytes = await readFile(WEIGHTS)
  const shifted = new Uint8Array(bytes.length + 5)
  shifted.set(bytes, 5)
  const weights = decodeWeights(shifted.subarray(5), 'weights')
  expect(Buffer.compare(encodeWeights(weights), bytes)).toBe(0)
  expect(judgeWith(weights).judge('remind me to', undefined)).toBe(judge.judge('remind me to', undefined))
})

test('the model is smaller than a megabyte', async () => {
  expect((await readFile(WEIGHTS)).length).toBeLessThanOrEqual(2 ** 20)
})

test.each([
  ['another kind of file', (bytes: Buffer) => bytes.fill('x', 0, 4), /not a file of turn-end weights/],
  ['an empty file', (bytes: Buffer) => bytes.subarray(0, 0), /not a file of turn-end weights/],
  ['another version', (bytes: Buffer) => bytes.fill(99, 4, 5), /weights of version 99/],
  ['another size of hash', (bytes: Buffer) => bytes.fill(17, 8, 9), /hashed to 17 bits/],
  ['a file cut short', (bytes: Buffer) => bytes.subarray(0, 1_000), /1000 bytes long/],
  ['a damaged file', (bytes: Buffer) => bytes.fill(1, 5_000, 5_100), /damaged/],
])('refuses %s, names the file and says what to do', async (_, spoil, message) => {
  const folder = await mkdtemp(join(tmpdir(), 'turn-end-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const path = join(folder, 'weights.bin')
  await writeFile(path, spoil(await readFile(WEIGHTS)))
  const opened = openTurnEndJudge(path)
  await expect(opened).rejects.toThrow(message)
  await expect(opened).rejects.toThrow(`${path}: `)
  await expect(opened).rejects.toThrow('npm run train:turns')
})

test('refuses a missing file by its name', async () => {
  await expect(openTurnEndJudge('/nowhere/weights.bin')).rejects.toThrow('/nowhere/weights.bin: no turn-end weights')
})
