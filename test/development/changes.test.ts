import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import { changes } from '../../src/development/changes.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'partyline changes '))
})
afterEach(() => rm(folder, { recursive: true }))

/** Watches with a clock whose waits end when the test says so. `told` counts the changes. */
function watching(places: () => readonly string[]) {
  const over = new AbortController()
  onTestFinished(() => over.abort(new Error('over')))
  let waits = Promise.withResolvers<() => void>()
  const clock = {
    now: () => 0,
    wallTime: () => new Date(0),
    sleep: (_ms: number, signal: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason), { once: true })
        waits.resolve(resolve)
      }),
  }
  const state = { told: 0 }
  const running = (async () => {
    for await (const _ of changes(places, clock, over.signal)) state.told++
  })()
  /** Lets it look so many times. */
  async function look(times = 1): Promise<number> {
    for (let i = 0; i < times; i++) {
      const go = await waits.promise
      waits = Promise.withResolvers()
      go()
    }
    // It has looked when it waits again.
    await waits.promise
    return state.told
  }
  return { look, over, running }
}

test('a file that is saved twice in one moment is told once, when it is quiet', async () => {
  const file = join(folder, 'pizza.ts')
  await writeFile(file, 'one')
  const { look } = watching(() => [folder])
  expect(await look(3)).toBe(0)
  await writeFile(file, 'two')
  await writeFile(file, 'three')
  expect(await look()).toBe(0)
  expect(await look()).toBe(1)
  expect(await look(3)).toBe(1)
})

test('a file that is written in pieces is not told of before its last piece', async () => {
  const file = join(folder, 'pizza.ts')
  await writeFile(file, 'export default agent({})')
  const { look } = watching(() => [folder])
  await look()
  await writeFile(file, '')
  expect(await look()).toBe(0)
  await writeFile(file, 'export default age')
  expect(await look()).toBe(0)
  await writeFile(file, 'export default agent({ name })')
  expect(await look()).toBe(0)
  expect(await look()).toBe(1)
})

test('what an editor puts in the place of a file is seen, in folders of folders too, and after it was away', async () => {
  await mkdir(join(folder, 'shared'))
  const file = join(folder, 'shared', 'menu.ts')
  await writeFile(file, 'one')
  const { look } = watching(() => [folder])
  await look()
  await writeFile(join(folder, 'shared', '.menu.swp'), 'not looked at')
  expect(await look(3)).toBe(0)
  await rename(join(folder, 'shared', '.menu.swp'), file)
  expect(await look(2)).toBe(1)
  await rm(file)
  expect(await look(2)).toBe(2)
  await writeFile(file, 'two')
  expect(await look(2)).toBe(3)
})

test('more to look at is no change, and what changes while it is loaded is', async () => {
  const [pizza, menu] = [join(folder, 'pizza.ts'), join(folder, 'menu.json')]
  await writeFile(pizza, 'one')
  await writeFile(menu, '{}')
  const places = [pizza]
  const { look } = watching(() => places)
  await look()
  await writeFile(pizza, 'two')
  expect(await look(2)).toBe(1)
  places.push(menu)
  expect(await look(3)).toBe(2)
  await writeFile(menu, '{ "margherita": 8 }')
  expect(await look(2)).toBe(3)
})

test('it ends with its signal, without an error', async () => {
  const { look, over, running } = watching(() => [folder])
  await look()
  over.abort(new Error('over'))
  await expect(running).resolves.toBeUndefined()
})
