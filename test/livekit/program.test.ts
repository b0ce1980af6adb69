import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { findLivekit, programName } from '../../src/livekit/program.ts'

const { signal } = new AbortController()
const IMAGE = 'livekit/livekit-server:v1.13.5'
const DOCKER_WITH_IMAGE = 'exit 0'
const DOCKER_WITHOUT_DAEMON = '[ "$1" != version ]'
const DOCKER_WITHOUT_IMAGE = '[ "$1" != image ]'
const DOCKER_WITHOUT_NETWORK = '[ "$1" != image ] && [ "$1" != pull ]'
/** Writes the file after -o, and notes that it ran. */
const GO = `echo ran >> "$NOTES"
echo "go: downloading example.org/a v1.0.0" >&2
while [ "$1" != -o ]; do shift; done
echo built > "$2"`
const GO_TOO_OLD = 'echo "go: go.mod requires go >= 1.26.0 (running go 1.19)" >&2; exit 1'

/** A machine whose PATH has these programs, as shell scripts, besides the system's own folders. */
async function machine(programs: Readonly<Record<string, string>>) {
  const folder = await mkdtemp(join(tmpdir(), 'partyline-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const bin = join(folder, 'bin')
  await mkdir(bin)
  for (const [name, script] of Object.entries(programs)) {
    await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`)
    await chmod(join(bin, name), 0o755)
  }
  const notes = join(folder, 'notes')
  const lines: string[] = []
  const search = {
    env: { PATH: bin, NOTES: notes },
    goFiles: [],
    cacheDir: join(folder, 'cache'),
    progress: (line: string) => void lines.push(line),
  }
  return { bin, lines, search, notes: () => readFile(notes, 'utf8').catch(() => '') }
}

test('a livekit-server on the PATH is the first choice', async () => {
  const { bin, search, notes } = await machine({ 'livekit-server': '', docker: DOCKER_WITH_IMAGE, go: GO })
  expect(await findLivekit(search, signal)).toEqual({ kind: 'installed', file: join(bin, 'livekit-server') })
  expect(await notes()).toBe('')
})

test('Docker comes next, where its daemon answers; it gets the image when it has none', async () => {
  const having = await machine({ docker: DOCKER_WITH_IMAGE, go: GO })
  expect(await findLivekit(having.search, signal)).toEqual({
    kind: 'docker',
    docker: join(having.bin, 'docker'),
    image: IMAGE,
  })
  expect(having.lines).toEqual([])
  const without = await machine({ docker: DOCKER_WITHOUT_IMAGE })
  expect(programName(await findLivekit(without.search, signal))).toBe(`Docker's ${IMAGE}`)
  expect(without.lines).toEqual([`Docker gets ${IMAGE}, once …`])
})

test.each([
  ['has no daemon', DOCKER_WITHOUT_DAEMON],
  ['cannot get the image', DOCKER_WITHOUT_NETWORK],
])('where Docker %s, Go builds one, once', async (_, docker) => {
  const { search, lines, notes } = await machine({ docker, go: `PATH=/usr/bin:/bin\n${GO}` })
  const program = await findLivekit(search, signal)
  if (program.kind !== 'built') throw new Error(`it is ${program.kind}`)
  expect(await readFile(program.file, 'utf8')).toBe('built\n')
  expect(lines).toContain('Go builds the LiveKit server, once. It takes some minutes …')
  expect(await findLivekit(search, signal)).toEqual(program)
  expect(await notes()).toBe('ran\n')
})

test('Go is also found where it is usually put', async () => {
  const { search } = await machine({})
  const elsewhere = await machine({ go: GO })
  const found = await findLivekit({ ...search, goFiles: ['/nowhere/go', join(elsewhere.bin, 'go')] }, signal)
  expect(found.kind).toBe('built')
})

test('without any of them it says what is missing and what to install', async () => {
  const nothing = await machine({})
  await expect(findLivekit(nothing.search, signal)).rejects.toThrow(
    /^There is no LiveKit server here: no livekit-server is on the PATH; Docker is not on the PATH; Go is not on the PATH\.\nHave one of these/,
  )
  const old = await machine({ docker: DOCKER_WITHOUT_DAEMON, go: GO_TOO_OLD })
  await expect(findLivekit(old.search, signal)).rejects.toThrow(
    /Docker's daemon does not answer; Go cannot build it: go: go\.mod requires go >= 1\.26\.0 \(running go 1\.19\)\./,
  )
})

test('a search that is no longer wanted ends the program that it waits for', async () => {
  const { search } = await machine({ docker: 'exec /bin/sleep 600' })
  const wanted = new AbortController()
  const found = findLivekit(search, wanted.signal)
  wanted.abort(new Error('no longer wanted'))
  await expect(found).rejects.toThrow('no longer wanted')
})
