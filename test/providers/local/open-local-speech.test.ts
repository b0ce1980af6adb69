import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock as clock } from '../../../src/clock.ts'
import { openLocalSpeech } from '../../../src/providers/local/open-local-speech.ts'

const { signal } = new AbortController()
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'partyline-'))
})
afterEach(() => rm(folder, { recursive: true }))

function opening(ears: 'no' | 'yes' | 'if there') {
  const warned: unknown[] = []
  const log = { warn: (about: object) => void warned.push(about) }
  const opened = openLocalSpeech({ ears, voice: false, modelsDir: folder }, { clock, log }, signal)
  return { opened, warned }
}

async function damaged(): Promise<void> {
  await mkdir(join(folder, 'moonshine-tiny'))
  for (const name of ['encoder_model.onnx', 'decoder_model_merged.onnx'])
    await writeFile(join(folder, 'moonshine-tiny', name), 'half of it')
}

test('who chose the local ears and has no model is told how to get it', async () => {
  await expect(opening('yes').opened).rejects.toThrow(
    `the model of the local ears is not in ${join(folder, 'moonshine-tiny')}: npm run models fetches it`,
  )
})

test('a damaged model is no model', async () => {
  await damaged()
  await expect(opening('yes').opened).rejects.toThrow(/is damaged \(.*\): npm run models mends it/)
})

test('where nothing was chosen, calls do without: nothing keeps the server from taking them', async () => {
  const { opened, warned } = opening('if there')
  const speech = await opened
  expect([speech.ears, speech.voice, speech.notReady(), warned]).toEqual([undefined, undefined, [], []])
  await speech.close()
})

test('there a damaged model is a warning', async () => {
  await damaged()
  const { opened, warned } = opening('if there')
  const speech = await opened
  expect(speech.ears).toBeUndefined()
  expect(warned).toHaveLength(1)
  await speech.close()
})

test('a folder that cannot be read is named where the ears were chosen, and else a warning', async () => {
  await writeFile(join(folder, 'moonshine-tiny'), 'a file')
  await expect(opening('yes').opened).rejects.toThrow(/^MODELS_DIR cannot be read: ENOTDIR/)
  const { opened, warned } = opening('if there')
  expect((await opened).ears).toBeUndefined()
  expect(warned).toHaveLength(1)
})

test('with a vendor nobody looks for a model', async () => {
  await damaged()
  const { opened, warned } = opening('no')
  expect((await opened).ears).toBeUndefined()
  expect(warned).toEqual([])
})
