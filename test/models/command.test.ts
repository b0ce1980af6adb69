import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { earsModel, TEST_MODELS_DIR } from './ears-model.ts'
import { emptyFolder } from './small-model.ts'

const COMMAND = fileURLToPath(new URL('../../src/models/command.ts', import.meta.url))

/** Runs `npm run models` in an empty folder. */
async function run(args: readonly string[], env: Readonly<Record<string, string>>) {
  const cwd = await emptyFolder()
  return new Promise<{ code: number; out: string; complaint: string }>(resolve =>
    execFile(process.execPath, [COMMAND, ...args], { cwd, env: { ...process.env, ...env } }, (error, out, complaint) =>
      resolve({ code: error ? Number(error.code) : 0, out, complaint }),
    ),
  )
}

test('it says what the model is, its size and licence, where it is kept, and that it is whole', async () => {
  await earsModel()
  const { code, out } = await run(['--check'], { MODELS_DIR: TEST_MODELS_DIR })
  expect(out).toBe(
    `Moonshine tiny by Moonshine AI: the ears, for English. 28 MB, licence MIT. Kept in ${join(TEST_MODELS_DIR, 'moonshine-tiny')}.
It is there, and every byte is as it was published.
`,
  )
  expect(code).toBe(0)
})

test('it says what is missing, and looks under DATA_DIR', async () => {
  const { code, out, complaint } = await run(['--check'], { MODELS_DIR: '', DATA_DIR: './here' })
  expect(out).toContain(`Kept in ${join('here', 'models', 'moonshine-tiny')}`)
  expect(complaint).toBe('Not there: encoder_model.onnx, decoder_model_merged.onnx. npm run models fetches it.\n')
  expect(code).toBe(1)
})

test('a tarball that is another one is refused in words', async () => {
  const brought = join(await emptyFolder(), 'other.tgz')
  await writeFile(brought, 'x')
  const other = await run(['--from', brought], { MODELS_DIR: './models' })
  expect(other.complaint).toContain(`${brought} is not @moonshine-ai/moonshine-js 0.1.29 as it was published`)
  const none = await run(['--from', 'none.tgz'], { MODELS_DIR: './models' })
  expect(none.complaint).toContain('none.tgz: there is no such file')
  expect([other.code, none.code]).toEqual([1, 1])
})

test('wrong arguments are told with the usage', async () => {
  const { code, complaint } = await run(['--form', 'x'], {})
  expect(complaint).toContain('--form')
  expect(complaint).toContain('npm run models -- --check')
  expect(code).toBe(1)
  expect((await run(['--help'], {})).out).toContain('npm run models')
})
