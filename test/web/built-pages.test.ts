import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'
import { beforeAll, expect, test } from 'vitest'
import { PAGES, settingsOf } from '../../src/web/build-settings.ts'

/** What a caller's browser loads at once. It was 81.1 KB before there was a console, with each file zipped by itself. */
const MOST_AT_ONCE_BYTES = 81_500
/** What the list of calls needs. A call's page with its waveform comes later. */
const MOST_OF_CONSOLE_BYTES = 90_000
/** The whole softphone, with the file for the sound thread. */
const MOST_OF_SOFTPHONE_BYTES = 100_000

const files = new Map<string, string>()
beforeAll(async () => {
  const before = process.env.NODE_ENV
  // As it is built to be served; vitest says `test`.
  process.env.NODE_ENV = 'production'
  try {
    for (const page of PAGES) {
      const own = settingsOf(page)
      const built = await build({ ...own, logLevel: 'error', build: { ...own.build, write: false } })
      const outputs = Array.isArray(built)
        ? built.flatMap(({ output }) => output)
        : 'output' in built
          ? built.output
          : []
      for (const one of outputs)
        files.set(`/${one.fileName}`, one.type === 'chunk' ? one.code : Buffer.from(one.source).toString('utf8'))
    }
  } finally {
    process.env.NODE_ENV = before
  }
})

/** A page's HTML, and all that it loads by itself: scripts, what they import, styles. */
function loadedBy(page: string): ReadonlyMap<string, string> {
  const loaded = new Map<string, string>()
  const load = (path: string): void => {
    const text = files.get(path)
    if (text === undefined || loaded.has(path)) return
    loaded.set(path, text)
    const linked = path.endsWith('.html')
      ? text.matchAll(/(?:src|href)="(\/assets\/[^"]+\.(?:js|css))"/g)
      : text.matchAll(/(?:^|[;}\s])import\s*(?:[^"'();]*?from\s*)?["']\.\/([^"']+)["']/g)
    for (const [, found] of linked) if (found) load(found.startsWith('/') ? found : `/assets/${found}`)
  }
  load(page)
  return loaded
}
const bytes = (loaded: ReadonlyMap<string, string>): number =>
  [...loaded.values()].reduce((sum, text) => sum + gzipSync(text, { level: 9 }).length, 0)

test('the page for callers is no bigger for the console, and loads nothing of it', () => {
  const loaded = loadedBy('/index.html')
  expect(loaded.size).toBeGreaterThan(2)
  expect([...loaded.keys()].filter(path => path.includes('staff'))).toEqual([])
  expect([...loaded.values()].filter(text => /staff\/api|wavesurfer/i.test(text))).toEqual([])
  expect(bytes(loaded)).toBeLessThan(MOST_AT_ONCE_BYTES)
})

test('the list of calls comes without the waveform and without LiveKit', () => {
  const loaded = loadedBy('/staff.html')
  expect([...loaded.values()].some(text => text.includes('staff/api'))).toBe(true)
  expect([...loaded.values()].filter(text => /splitChannels|livekit/i.test(text))).toEqual([])
  expect(bytes(loaded)).toBeLessThan(MOST_OF_CONSOLE_BYTES)
})

test('the softphone comes whole and at once, with the file for the sound thread, and has nothing of the other pages', () => {
  const loaded = loadedBy('/softphone.html')
  const worklets = [...files].filter(([path]) => path.includes('worklet'))
  expect(worklets.length).toBe(1)
  for (const [path, text] of worklets) {
    expect(
      [...loaded.values()].some(script => script.includes(path)),
      'the page knows where it is',
    ).toBe(true)
    expect(text).toContain('registerProcessor')
  }
  expect([...loaded.values()].filter(text => /staff\/api|wavesurfer|livekit|blob:/i.test(text))).toEqual([])
  expect(bytes(new Map([...loaded, ...worklets]))).toBeLessThan(MOST_OF_SOFTPHONE_BYTES)
})

test('the console’s page has the place of its nonce, and no script or style of its own in the text', () => {
  const html = files.get('/staff.html') ?? ''
  expect(html).toContain('nonce="%NONCE%"')
  expect(html).not.toMatch(/<style|<script(?![^>]* src=)/)
})

test('the console imports nothing of the server', async () => {
  const folder = new URL('../../src/web/staff/', import.meta.url).pathname
  const names = (await readdir(folder, { recursive: true })).filter(name => /\.tsx?$/.test(name))
  const texts = await Promise.all(names.map(name => readFile(join(folder, name), 'utf8')))
  expect(names.length).toBeGreaterThan(30)
  expect(texts.flatMap(text => [...text.matchAll(/from '((?:\.\.\/){3,}[^']*)'/g)].map(([, path]) => path))).toEqual([])
})
