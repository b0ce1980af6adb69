import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { found } from '../../src/doctor/finding.ts'
import { keyChecks } from '../../src/doctor/keys.ts'
import { localSpeechChecks } from '../../src/doctor/local-speech.ts'
import { settingsWith, stood } from './answers.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'partyline-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function findings(changed: Record<string, string>) {
  const checks = localSpeechChecks(settingsWith({ MODELS_DIR: folder, ...changed }), systemClock)
  return (await Promise.all(checks.map(check => found(check, systemClock, new AbortController().signal)))).flat()
}

test('with vendors nobody looks at local speech', async () => {
  expect(await findings({})).toEqual([])
})

test('a model that is not there is wrong where it was chosen, and a note where calls can do without', async () => {
  const told = expect.stringContaining('npm run models fetches it (28 MB, MIT)')
  expect(await findings({ STT: 'local' })).toMatchObject([{ kind: 'wrong', what: 'local ears', told }])
  expect(await findings({ DEEPGRAM_API_KEY: '' })).toMatchObject([{ kind: 'note', what: 'local ears', told }])
})

test('a damaged model is wrong', async () => {
  await mkdir(join(folder, 'moonshine-tiny'))
  for (const name of ['encoder_model.onnx', 'decoder_model_merged.onnx'])
    await writeFile(join(folder, 'moonshine-tiny', name), 'half of it')
  expect(await findings({ STT: 'local' })).toMatchObject([
    { kind: 'wrong', told: expect.stringMatching(/encoder_model\.onnx: it has 10 bytes.*npm run models/) },
  ])
})

test('the local voice is heard', async () => {
  expect(await findings({ TTS: 'local' })).toMatchObject([
    { kind: 'ok', what: 'local voice', told: expect.stringMatching(/^it speaks: .* took \d+ ms$/) },
  ])
})

test('nobody asks a vendor whose work this machine does', () => {
  const { asker } = stood(() => 'refuses')
  const asked = keyChecks(settingsWith({ STT: 'local', TTS: 'local' }), asker).map(({ what }) => what)
  expect(asked).toEqual(['OpenAI', 'Gemini'])
})
