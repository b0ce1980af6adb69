import { expect, test } from 'vitest'
import type { Language } from '../../src/conversation/language.ts'
import { allLanguages } from '../../src/languages/languages.ts'

/** The plain words and phrases of a pattern's alternatives: what it can be fed with. */
const phrasesIn = ({ source }: RegExp): readonly string[] =>
  [...new Set(source.split(/[|()?:^$*+\\[\]]+/).map(part => part.trim()))].filter(part =>
    /^[\p{L}' ]{1,30}$/u.test(part),
  )

/** All patterns of whole texts. The rest are matched against the last words only. */
function patternsOf({ overlap, agreement, unfinished, wanted, requests }: Language): readonly RegExp[] {
  const ofEnds = [unfinished.naming, unfinished.butWhole, unfinished.thinking]
  const questions = ['delete the task', 'soll ich diese zwei aufgaben abhaken', 'marco estas dos tareas']
  const all = [overlap, agreement, unfinished, wanted, requests].flatMap(group => Object.values(group))
  return [
    ...all.filter((value): value is RegExp => value instanceof RegExp && !ofEnds.includes(value)),
    ...Object.values(requests.languages),
    ...questions.map(question => agreement.ownVerb(question)),
  ]
}

const REPEATED = 400
const MOST_MS = 50

/** The shorter of two runs, in ms of this process alone. */
function costMs(pattern: RegExp, text: string): number {
  const costs = [0, 1].map(() => {
    const before = process.cpuUsage()
    pattern.lastIndex = 0
    text.replace(pattern, '')
    return process.cpuUsage(before).user / 1_000
  })
  return Math.min(...costs)
}

// Where a phrase can be read in two ways, such as "ich glaube schon" beside "ich glaube" and "schon", each repetition would
// double the time, and this would never end.
test.each(allLanguages())('no phrase of a pattern of "$code" can be read as others in a row', language => {
  const slow = patternsOf(language).flatMap(pattern =>
    phrasesIn(pattern).filter(phrase => costMs(pattern, `${`${phrase} `.repeat(REPEATED)}zzz`) > MOST_MS),
  )
  expect(slow).toEqual([])
  expect(patternsOf(language).flatMap(phrasesIn).length).toBeGreaterThan(100)
})
