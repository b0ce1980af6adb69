import { readFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { COMPLETE_FROM, judgeWith } from '../judge.ts'
import { decodeWeights, encodeWeights } from '../weights-file.ts'
import {
  aucOn,
  type Figure,
  figuresOf,
  lineOf,
  passes,
  phoneFigures,
  thinkingTaken,
  thresholdsOf,
} from './acceptance.ts'
import { CORPORA, readCorpora, readUnseen, UNSEEN } from './corpora.ts'
import { TRAINING_FAMILIES } from './thinking.ts'
import { trainModel } from './train-model.ts'

const USAGE = `npm run train:turns -- --data DIR [--seed 1] [--quick]
Trains the turn-end model on the corpora in DIR, writes src/turn-end/weights.bin and prints how it meets its
requirements. --quick skips the extra trainings that each leave out a whole corpus or a family of phrases.`
const WEIGHTS = fileURLToPath(new URL('../weights.bin', import.meta.url))
const LONGEST_TRAINING_S = 300
const MOST_BYTES = 2 ** 20
/** The least AUC on turns of a kind that the model was not trained on. */
const LEAST_UNSEEN = 0.94

const PhoneSentences = z.object({
  phoneSentences: z.array(z.object({ asked: z.string(), said: z.string(), complete: z.boolean() })),
})
const print = (text: string): void => void process.stdout.write(`${text}\n`)
const cpuSeconds = (): number => (process.cpuUsage().user + process.cpuUsage().system) / 1e6

async function phoneSentencesIn(path: string): Promise<z.infer<typeof PhoneSentences>['phoneSentences']> {
  const loaded: unknown = await import(pathToFileURL(resolve(path)).href)
  return PhoneSentences.parse(loaded).phoneSentences
}

async function run(data: string, seed: number, phone: string | undefined, quick: boolean): Promise<boolean> {
  const sentences = phone === undefined ? [] : await phoneSentencesIn(phone)
  const started = cpuSeconds()
  const turns = await readCorpora(data)
  const weights = trainModel(turns, TRAINING_FAMILIES, seed)
  const trainedIn = cpuSeconds() - started
  await writeFile(WEIGHTS, encodeWeights(weights))
  const bytes = await readFile(WEIGHTS)
  const judge = judgeWith(decodeWeights(bytes, WEIGHTS))
  const { t80, t90 } = thresholdsOf(judge, turns)

  const figures: Figure[] = []
  const show = (...shown: readonly Figure[]): void => {
    figures.push(...shown)
    for (const figure of shown) print(lineOf(figure))
  }
  show(
    {
      measure: `training, from reading to calibrated, of ${turns.length} turns (CPU s)`,
      reached: trainedIn,
      most: LONGEST_TRAINING_S,
    },
    { measure: 'size (bytes)', reached: bytes.length, most: MOST_BYTES },
    ...figuresOf(judge, turns),
    {
      measure: `AUC clear on a corpus that nothing is trained on: ${UNSEEN}`,
      reached: aucOn(judge, await readUnseen(data), UNSEEN),
      least: LEAST_UNSEEN,
    },
  )
  if (sentences.length > 0) {
    show(...phoneFigures(judge, sentences, COMPLETE_FROM))
    for (const at of [t90, t80]) {
      show(
        ...phoneFigures(judge, sentences, at)
          .slice(0, 2)
          .map(({ measure, reached }) => ({ measure, reached })),
      )
    }
  }
  if (quick) return figures.every(passes)
  for (const corpus of CORPORA) {
    const trainedWithout = judgeWith(
      trainModel(
        turns.filter(turn => turn.corpus !== corpus),
        TRAINING_FAMILIES,
        seed,
      ),
    )
    show({
      measure: `AUC clear on the corpus left out of training: ${corpus}`,
      reached: aucOn(trainedWithout, turns, corpus),
      least: LEAST_UNSEEN,
    })
  }
  for (const family of TRAINING_FAMILIES.slice(1)) {
    const trainedWithout = judgeWith(
      trainModel(
        turns,
        TRAINING_FAMILIES.filter(other => other !== family),
        seed,
      ),
    )
    const reached = thinkingTaken(trainedWithout, turns, family, thresholdsOf(trainedWithout, turns).t80)
    show({ measure: `F on a family of thinking words, by a model trained without it: "${family.name}"`, reached })
  }
  return figures.every(passes)
}

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    seed: { type: 'string', default: '1' },
    phone: { type: 'string' },
    quick: { type: 'boolean', default: false },
  },
})
const seed = Number(values.seed)
if (values.data === undefined || !Number.isSafeInteger(seed)) {
  print(USAGE)
  process.exitCode = 2
} else if (!(await run(values.data, seed, values.phone, values.quick))) {
  process.exitCode = 1
}
