import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { resample } from '../../../src/audio/resample.ts'
import { systemClock } from '../../../src/clock.ts'
import { openFlite } from '../../../src/flite/flite.ts'
import { type ChildEvents, forked } from '../../../src/jobs/child.ts'
import { openEars } from '../../../src/providers/local/ears.ts'
import { earsModel } from '../../models/ears-model.ts'

const MAIN = new URL('../../../src/providers/local/ears-main.ts', import.meta.url)
const never = new AbortController().signal

function open(modelFolder: string) {
  /** Kills the process that runs. */
  let kill = (): void => undefined
  const start = (events: ChildEvents) => {
    const child = forked(MAIN, [modelFolder])(events)
    kill = child.kill
    return child
  }
  const ears = openEars({ modelFolder, clock: systemClock, log: { warn: () => undefined }, start })
  onTestFinished(() => ears.close())
  return { ears, kill: () => kill() }
}

async function sentence(): Promise<Int16Array> {
  const flite = openFlite()
  onTestFinished(() => flite.close())
  const { pcm, rateHz } = await flite.synthesize('What time do you open on Friday?', 'rms', never)
  return resample(pcm, rateHz, 16_000)
}

test('the process of the ears understands, is killed, and another one understands', async () => {
  const { ears, kill } = open(await earsModel())
  await ears.warm()
  const pcm = await sentence()
  expect(await ears.recognize(pcm, 'final', never)).toContain('Friday')
  expect(await ears.recognize(pcm, 'interim', never)).toContain('Friday')
  const asked = ears.recognize(pcm, 'final', never)
  kill()
  await expect(asked).rejects.toThrow('the process of the ears ended (SIGKILL)')
  await ears.warm()
  expect(
    await ears.recognize(
      Float32Array.from(pcm, sample => sample / 32_768),
      'final',
      never,
    ),
  ).toContain('Friday')
})

test('finals go before an interim, which is given up for them', async () => {
  const { ears } = open(await earsModel())
  await ears.warm()
  const pcm = await sentence()
  const asked = [
    ears.recognize(pcm, 'interim', never),
    ears.recognize(pcm, 'final', never),
    ears.recognize(pcm, 'interim', never),
  ]
  expect(await Promise.all(asked)).toEqual([undefined, expect.stringContaining('Friday'), undefined])
})

test('without the model it says what to do', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ears-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const { ears } = open(folder)
  await expect(ears.warm()).rejects.toThrow(`the model in ${folder} cannot be loaded (npm run models`)
})
