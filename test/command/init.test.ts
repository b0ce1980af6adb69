import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Asking, type InitOptions, init } from '../../src/command/init/init.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'partyline init '))
})
afterEach(() => rm(folder, { recursive: true }))

/** Writes into the folder; resolves with what is told. */
async function written(options: InitOptions, asking?: Asking): Promise<readonly string[]> {
  const told: string[] = []
  await init(folder, options, asking, line => told.push(line))
  return told
}

const read = (path: string): Promise<string> => readFile(join(folder, path), 'utf8')
const manifest = async () => JSON.parse(await read('package.json'))

/** Somebody who gives these answers to questions; more are a failure. */
function answering(...answers: readonly string[]): Asking & { readonly asked: string[] } {
  const left = [...answers]
  const asked: string[] = []
  const next = (text: string): string => {
    asked.push(text)
    const answer = left.shift()
    if (answer === undefined) throw new Error(`nobody expected to be asked: ${text}`)
    return answer
  }
  return {
    asked,
    question: async (text, otherwise) => next(text) || otherwise,
    agree: async (text, otherwise) => (left.length === 0 ? otherwise : next(text) === 'y'),
  }
}

test('two questions are asked, and the folder has all that it takes', async () => {
  const asking = answering('My Agent', 'clinic', 'fr', 'de')
  const told = await written({}, asking)
  expect(asking.asked).toEqual([
    'What is the agent for? Its name',
    'What is the agent for? Its name',
    'Which language does it speak? en, de, es',
    'Which language does it speak? en, de, es',
  ])
  expect((await readdir(folder)).toSorted()).toEqual([
    ...['.env.example', '.gitignore', 'README.md', 'agents', 'package.json', 'test'],
  ])
  expect(await read('agents/clinic.ts')).toMatch(/name: 'clinic',\n {2}language: 'de'/)
  expect(await manifest()).toMatchObject({ type: 'module', private: true, scripts: { dev: 'partyline dev' } })
  expect(told).toContainEqual(expect.stringMatching(/^Install what it needs: .*PARTYLINE\.tgz zod@\^4/))
})

test('nothing that is there is overwritten without a question', async () => {
  await written({ name: 'pizza', language: 'en' })
  await writeFile(join(folder, 'agents/pizza.ts'), 'mine')
  expect(await written({ name: 'pizza', language: 'en', yes: true })).toContainEqual(
    expect.stringMatching(/^kept {5}agents\/pizza\.ts/),
  )
  expect(await read('agents/pizza.ts')).toBe('mine')
  await written({ name: 'pizza', language: 'en' }, answering('n'))
  expect(await read('agents/pizza.ts')).toBe('mine')
  await written({ name: 'pizza', language: 'en' }, answering('y'))
  expect(await read('agents/pizza.ts')).toContain('partyline/agent')
})

test("a project's own package.json keeps what it has", async () => {
  const own = {
    name: 'shop',
    type: 'commonjs',
    scripts: { test: 'jest', start: 'node .' },
    dependencies: { zod: '^4' },
  }
  await writeFile(join(folder, 'package.json'), JSON.stringify(own))
  await written({ name: 'pizza', language: 'es', yes: true })
  expect(await manifest()).toEqual({
    ...own,
    scripts: { ...own.scripts, dev: 'partyline dev', console: 'partyline console' },
  })
  // Node takes a .ts of this project for CommonJS.
  expect(await read('agents/pizza.mts')).toContain('partyline/agent')
  expect(await read('test/pizza.test.mts')).toContain("from '../agents/pizza.mts'")
})

test('a package.json that cannot be read stops it before anything is written', async () => {
  await writeFile(join(folder, 'package.json'), '{ "name": ')
  await expect(written({ name: 'pizza', language: 'en' })).rejects.toThrow(/package\.json: it cannot be read as JSON/)
  expect(await readdir(folder)).toEqual(['package.json'])
})

test('a name that no file should have is refused', async () => {
  await expect(written({ name: 'Two Words', language: 'en' })).rejects.toThrow(
    /--name: "Two Words" must be small letters/,
  )
})

test('whoever leaves at a question has nothing written', async () => {
  const leaving: Asking = {
    question: () => Promise.reject(new Error('left')),
    agree: () => Promise.reject(new Error('left')),
  }
  await expect(written({}, leaving)).rejects.toThrow('left')
  expect(await readdir(folder)).toEqual([])
})
