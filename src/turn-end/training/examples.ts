import { featuresOf, MOST_FEATURES } from '../features.ts'
import { normalise } from '../normalise.ts'
import { type Question, questionIn } from '../question.ts'
import { type Chance, chanceFrom } from './chance.ts'
import type { CorpusTurn } from './corpora.ts'
import { cutsOf, drawCuts, drawThinking } from './cuts.ts'
import type { Examples } from './fit.ts'
import { inventTurns } from './invented.ts'
import { HELD_OUT_FAMILIES, type ThinkingFamily } from './thinking.ts'

const CUTS_PER_TURN = 7
const THINKING_SHARE = 0.35
/** The share of whole turns that get a hesitation sound somewhere before their end, and stay whole. */
const INNER_SOUND_SHARE = 0.06
/** The share of whole turns after which the caller goes on thinking aloud. */
const AFTERTHOUGHT_SHARE = 0.08
/** The share that is learned from word classes alone, so that new words are judged by their context. */
const WORDLESS_SHARE = 0.15
const SHORT = 3
const PER_TEMPLATE = 150
const LONE_THINKING = 25

interface Example {
  readonly words: readonly string[]
  readonly question: Question
  readonly complete: boolean
  readonly importance: number
}

const endsIn = (words: readonly string[], phrase: string): boolean => ` ${words.join(' ')}`.endsWith(` ${phrase}`)
const heldOutPhrases = HELD_OUT_FAMILIES.flatMap(({ phrases }) => phrases)

function withInnerSound(words: readonly string[], chance: Chance): readonly string[] {
  const at = Math.floor(chance.draw() * words.length)
  return [...words.slice(0, at), chance.pick(['um', 'uh', 'um', 'well', 'so']), ...words.slice(at)]
}

/** The examples made from one whole turn: itself, and cuts of it, some with thinking words. */
function examplesOf(
  turn: { readonly said: string; readonly question: Question; readonly importance: number },
  wholes: ReadonlySet<string>,
  families: readonly ThinkingFamily[],
  chance: Chance,
): readonly Example[] {
  const { question } = turn
  const words = normalise(turn.said)
  const short = words.length <= SHORT && question !== 'nothing' ? 1.5 : 1
  const whole = { words, question, complete: true, importance: turn.importance * short }
  const found: Example[] = [whole]
  if (chance.draw() < INNER_SOUND_SHARE) found.push({ ...whole, words: withInnerSound(words, chance) })
  if (chance.draw() < AFTERTHOUGHT_SHARE) {
    const thought = normalise(drawThinking(families, chance))
    found.push({ ...whole, words: [...words, ...thought], complete: false, importance: turn.importance * 0.7 })
  }
  for (const cut of drawCuts(cutsOf(turn.said), CUTS_PER_TURN, chance)) {
    const said = normalise(cut.said)
    if (chance.draw() < THINKING_SHARE) {
      const thought = normalise(drawThinking(families, chance))
      found.push({ words: [...said, ...thought], question, complete: false, importance: turn.importance * 0.6 })
    } else if (said.length > 0 && !wholes.has(said.join(' ')) && !heldOutPhrases.some(phrase => endsIn(said, phrase))) {
      const importance = turn.importance * Math.min(1, 0.6 * cut.readiness)
      if (cut.place === 'sentence end')
        found.push({ words: said, question, complete: true, importance: 0.3 * importance })
      else
        found.push({
          words: said,
          question,
          complete: false,
          importance: cut.place === 'comma' ? importance * 0.5 : importance,
        })
    }
  }
  return found
}

function pack(found: readonly Example[], chance: Chance): Examples {
  const features = new Uint32Array(found.length * MOST_FEATURES)
  const starts = new Uint32Array(found.length + 1)
  const scratch = new Uint32Array(MOST_FEATURES)
  let end = 0
  for (const [index, example] of found.entries()) {
    const count = featuresOf(example.words, example.question, scratch, chance.draw() < WORDLESS_SHARE)
    features.set(scratch.subarray(0, count), end)
    end += count
    starts[index + 1] = end
  }
  return {
    features: features.slice(0, end),
    starts,
    labels: Uint8Array.from(found, example => (example.complete ? 1 : 0)),
    importance: Float32Array.from(found, example => example.importance),
  }
}

/** All training examples: the training part of these turns, invented turns, and thinking words on their own. */
export function examplesFrom(
  turns: readonly CorpusTurn[],
  families: readonly ThinkingFamily[],
  seed: number,
): Examples {
  const chance = chanceFrom(seed)
  const learned = turns.filter(turn => turn.part === 'training')
  const invented = inventTurns(PER_TEMPLATE, chance)
  const wholes = new Set([...learned.map(turn => turn.plain), ...invented.map(turn => normalise(turn.said).join(' '))])
  const all = [
    ...learned.map(turn => ({ said: turn.said, question: questionIn(turn.asked), importance: 1 })),
    ...invented.map(turn => ({ ...turn, importance: 1 })),
  ]
  const askedFor = learned.map(turn => questionIn(turn.asked))
  const alone = families
    .filter(family => family.alone)
    .flatMap(family => family.phrases)
    .flatMap(phrase =>
      Array.from({ length: LONE_THINKING }, () => ({
        words: normalise(phrase),
        question: askedFor[Math.floor(chance.draw() * askedFor.length)] ?? 'nothing',
        complete: false,
        importance: 1,
      })),
    )
  return pack([...all.flatMap(turn => examplesOf(turn, wholes, families, chance)), ...alone], chance)
}
