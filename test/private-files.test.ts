import { chmod, mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { expect, onTestFinished, test } from 'vitest'
import { openDatabase } from '../src/database/database.ts'
import { makePrivate } from '../src/private-files.ts'

const never = new AbortController().signal

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'partyline-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

const modeOf = async (path: string): Promise<string> => ((await stat(path)).mode & 0o7777).toString(8)

test('files and folders that are there already are taken from other users, and nothing outside is', async () => {
  const [folder, outside] = [await newFolder(), await newFolder()]
  await mkdir(join(folder, 'calls', 'CA1'), { recursive: true })
  for (const file of ['calls/CA1/call-1.wav', 'tokens.json']) await writeFile(join(folder, file), 'x')
  await writeFile(join(outside, 'shared'), 'x')
  await symlink(join(outside, 'shared'), join(folder, 'link'))
  await symlink(outside, join(folder, 'calls', 'elsewhere'))
  await chmod(join(folder, 'tokens.json'), 0o440)
  for (const path of [folder, join(outside, 'shared'), outside]) await chmod(path, 0o755)
  const failed: unknown[] = []
  await makePrivate(folder, error => failed.push(error), never)
  const paths = ['', 'calls', 'calls/CA1', 'calls/CA1/call-1.wav', 'tokens.json'].map(path => join(folder, path))
  expect(await Promise.all(paths.map(modeOf))).toEqual(['700', '700', '700', '600', '400'])
  expect(await Promise.all([modeOf(outside), modeOf(join(outside, 'shared'))])).toEqual(['755', '755'])
  expect(failed).toEqual([])
})

test('a folder that is not there is reported', async () => {
  const failed: unknown[] = []
  await makePrivate('/nowhere/at/all', error => failed.push(error), never)
  expect(failed).toMatchObject([{ code: 'ENOENT' }])
})

test('a database is private with the files beside it, a new one and an old one', async () => {
  const folder = await newFolder()
  await writeFile(join(folder, 'old.sqlite'), '')
  await chmod(join(folder, 'old.sqlite'), 0o644)
  for (const file of ['old.sqlite', 'below/new.sqlite']) {
    const database = await openDatabase(`sqlite:${join(folder, file)}`)
    await sql`create table some (thing text)`.execute(database.db)
    const place = join(folder, file, '..')
    const files = (await readdir(place)).filter(name => name.includes('.sqlite'))
    expect(files.length).toBeGreaterThan(1)
    for (const name of files) expect([name, await modeOf(join(place, name))]).toEqual([name, '600'])
    await database.close()
  }
  expect(await modeOf(join(folder, 'below'))).toBe('700')
})
