import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readSettings, SettingsError } from '../../src/config.ts'
import { loadPlugIn, PlugInError } from '../../src/providers/plug-in.ts'

const SETTINGS = `{ apiKey: { name: 'MY_KEY', kind: 'secret' }, model: { name: 'MY_MODEL', kind: 'text', default: 'small' } }`
const entry = (parts: string): string => `export const provider = { port: 'STT', title: 'Mine', ${parts} }\n`
const EARS = `settings: ${SETTINGS}, open: values => ({ forCall: () => values })`
let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'partyline-plug-ins-'))
})
afterAll(() => rm(folder, { recursive: true }))

let files = 0
/** Writes a plug-in, and gives the name by which it is chosen. */
async function written(text: string, ending = 'ts'): Promise<string> {
  const name = `./plug-in-${++files}.${ending}`
  await writeFile(join(folder, name), text)
  return name
}
const packaged = async (name: string, file: string, text: string): Promise<void> => {
  const home = join(folder, 'node_modules', name)
  await mkdir(home, { recursive: true })
  await writeFile(join(home, 'package.json'), JSON.stringify({ name, type: 'module', exports: `./${file}` }))
  await writeFile(join(home, file), text)
}

test('a file in TypeScript is loaded, with its settings, and opened with their values', async () => {
  const name = await written(`const title: string = 'Mine'\nexport const provider = { port: 'STT', title, ${EARS} }`)
  const plugIn = loadPlugIn('STT', name, folder)
  expect(Object.keys(plugIn?.settings ?? {})).toEqual(['apiKey', 'model'])
  const open = await plugIn?.load()
  expect(await open?.({ apiKey: 'key', model: 'small' }, {} as never)).toHaveProperty('forCall')
})

test('a file may be named by its URL', async () => {
  const name = await written(entry(EARS))
  expect(loadPlugIn('STT', pathToFileURL(join(folder, name)).href, folder)?.title).toBe('Mine')
  expect(() => loadPlugIn('STT', 'file:///nowhere/ears.ts', folder)).toThrow('there is no file /nowhere/ears.ts')
})

test('so is one that loads its code later, and one of a package', async () => {
  await packaged(
    'my-voice',
    'voice.js',
    `export const provider = { port: 'TTS', title: 'V', settings: {}, load: async () => () => ({ forCall() {} }) }`,
  )
  const open = await loadPlugIn('TTS', 'my-voice', folder)?.load()
  expect(await open?.({}, {} as never)).toHaveProperty('forCall')
})

test('a name that is neither a file nor a package is none', () => {
  expect(loadPlugIn('STT', 'nobody-has-this', folder)).toBeUndefined()
})

test.each([
  ['exports no provider', 'export const ears = {}'],
  ['its provider.title is wrong', `export const provider = { port: 'STT', settings: {}, load() {} }`],
  ['must have load or open', entry('settings: {}')],
  ['must have load or open', entry('settings: {}, load() {}, open() {}')],
  [
    'its provider.settings.apiKey.name is wrong: must be the name of an environment variable',
    entry(`settings: { apiKey: { name: 'key', kind: 'secret' } }, load() {}`),
  ],
  [
    'its provider.settings.url.protocols is wrong',
    entry(`settings: { url: { name: 'MY_URL', kind: 'url', default: 'http://a' } }, load() {}`),
  ],
  ['is for TTS, not for STT', entry('settings: {}, load() {}').replace('STT', 'TTS')],
  ['cannot be loaded: boom', `throw new Error('boom')`],
  ['waits while it is loaded', `await Promise.resolve()\n${entry(EARS)}`],
  ['cannot be loaded: ', 'export const provider = {'],
])('a plug-in that is wrong is told in one line: %s', async (problem, text) => {
  const name = await written(text)
  const load = (): unknown => loadPlugIn('STT', name, folder)
  expect(load).toThrow(PlugInError)
  expect(load).toThrow(problem)
  expect(load).toThrow(name)
})

test('a file that is not there is named by its whole path', () => {
  expect(() => loadPlugIn('STT', './none.ts', folder)).toThrow(`there is no file ${join(folder, 'none.ts')}`)
})

test('a package in TypeScript is refused, as Node refuses it', async () => {
  await packaged(
    'my-typed-ears',
    'ears.ts',
    `const a: number = 1\nexport const provider = { port: 'STT', title: 'M', a }`,
  )
  expect(() => loadPlugIn('STT', 'my-typed-ears', folder)).toThrow('must be published as JavaScript')
})

test('what it opens must be a provider', async () => {
  const name = await written(entry('settings: {}, open: () => ({})'))
  const open = await loadPlugIn('STT', name, folder)?.load()
  await expect(open?.({}, {} as never)).rejects.toThrow('what it opens has no forCall')
  const other = await written(entry('settings: {}, load: async () => ({})'))
  await expect(loadPlugIn('STT', other, folder)?.load()).rejects.toThrow('gives no function')
})

test('the settings choose it beside others, and its own settings are read', async () => {
  const name = join(folder, await written(entry(EARS)))
  const { providers } = readSettings({ STT: `${name},deepgram`, MY_KEY: 'secret', MY_MODEL: 'large' })
  expect(providers.STT[0]).toMatchObject({ name, title: 'Mine', values: { apiKey: 'secret', model: 'large' } })
})

test('problems with it are lines beside those of all other settings', async () => {
  const name = join(folder, await written(entry(EARS)))
  const problemsOf = (env: Record<string, string>): readonly string[] => {
    try {
      readSettings(env)
      return []
    } catch (error) {
      return error instanceof SettingsError ? error.problems : [String(error)]
    }
  }
  expect(problemsOf({ STT: name })).toEqual([`MY_KEY: is missing: STT=${name} needs it`])
  expect(problemsOf({ STT: '/none.ts' })).toEqual(['STT: there is no file /none.ts'])
  expect(problemsOf({ TTS: name, MY_KEY: 'key' })).toEqual([`TTS: ${name} is for STT, not for TTS`])
  expect(problemsOf({ STT: 'nobody' })[0]).toMatch(/^STT: there is no nobody, but deepgram, /)
})
