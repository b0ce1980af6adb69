import { expect, test } from 'vitest'
import { TASK_TOOLS } from '../../agents/task-manager-tools.ts'
import { agentIn } from '../../src/agents/agents.ts'
import { ownWords } from '../../src/conversation/agent.ts'
import { speakable } from '../../src/conversation/reply/speakable.ts'
import { agreementIn } from '../../src/conversation/turn/agreement.ts'
import { wantedBy } from '../../src/conversation/turn/wanted.ts'
import { languageOf } from '../../src/languages/languages.ts'
import { screenWords } from '../../src/sight/screen-words.ts'
import { questionAboutSeveral, questionOf } from '../../src/tools/running/question.ts'
import { questionWords } from '../../src/tools/running/question-words.ts'

const CODES = ['en', 'de', 'es'] as const
const AGENTS = await Promise.all(
  (['task-manager', 'receptionist'] as const).flatMap(AGENT =>
    CODES.map(async LANGUAGE => [AGENT, LANGUAGE, await agentIn({ AGENT, LANGUAGE })] as const),
  ),
)

test.each(AGENTS)('the %s in "%s" is itself, and speaks its language', async (name, code, agent) => {
  expect(agent.name).toBe(name)
  expect(agent.language).toBe(languageOf(code))
  const english = await agentIn({ AGENT: name, LANGUAGE: 'en' })
  expect(Object.keys(agent.phrases).toSorted()).toEqual(Object.keys(english.phrases).toSorted())
  // Nothing was left in English.
  if (code !== 'en') expect(ownWords(agent).filter(words => ownWords(english).includes(words))).toEqual([])
  expect(agent.patience.every(words => words !== '')).toBe(true)
})

test.each(AGENTS)('the words of the %s in "%s" are spoken as they stand', (_name, _code, agent) => {
  expect(ownWords(agent).filter(words => speakable(words, agent.language) !== words)).toEqual([])
})

test.each(AGENTS)(
  'the %s in "%s" asks for a PIN in words by which four digits are waited for',
  (_name, _code, agent) => {
    expect(wantedBy(agent.pin.ask, agent.language)).toEqual({ kind: 'number', lengths: [4] })
  },
)

const asksOf = (code: string): readonly string[] =>
  Object.values(TASK_TOOLS).flatMap(tool => {
    const asking = 'several' in tool ? tool.several : undefined
    if (asking === undefined) return []
    return [code === 'en' ? asking.ask : (asking.in[code as 'de' | 'es']?.ask ?? '')]
  })

const YES = {
  en: ['yes', 'do it', 'yes, please'],
  de: ['Ja.', 'Ja, bitte.', 'Machen Sie das.'],
  es: ['Sí.', 'Sí, por favor.', 'Hágalo.'],
} as const
const VERBS = {
  en: [['Delete it.'], ['Mark it.'], ['Change it.']],
  de: [
    ['Löschen.', 'Ja, lösch es.'],
    ['Abhaken, bitte.', 'Haken Sie es ab.'],
    ['Ja, ändern.', 'Ändern Sie es.'],
  ],
  es: [
    ['Bórrala.', 'Sí, borrar.'],
    ['Márcala.', 'Sí, márquela.'],
    ['Cámbiala.', 'Sí, cambiar.'],
  ],
} as const

test.each(CODES)('the questions of the tools in "%s" are agreed to by a yes, and by their own verbs', code => {
  const language = languageOf(code)
  const [done = '', change = '', remove = ''] = asksOf(code)
  expect(new Set([done, change, remove]).size).toBe(3)
  for (const [ask, verbs] of [
    [remove, VERBS[code][0]],
    [done, VERBS[code][1]],
    [change, VERBS[code][2]],
  ] as const) {
    const question = questionOf(ask, 'Milch kaufen') ?? ''
    expect(question).toContain('Milch kaufen')
    expect(wantedBy(question, language).kind).toMatch(code === 'en' ? /anything/ : /yes or no/)
    const answers = [...YES[code], ...verbs]
    expect(answers.filter(answer => agreementIn(answer, question, language) !== 'yes')).toEqual([])
  }
})

test.each([
  ['en', 'Delete these two tasks: Milch, and Brot?', 'both of them'],
  ['de', 'Soll ich diese zwei Aufgaben: Milch und Brot löschen?', 'Ja, beide.'],
  ['es', '¿Borro estas dos tareas: Milch y Brot?', 'Sí, las dos.'],
] as const)('several changes are asked about at once in "%s", and agreed to', (code, asked, answer) => {
  const { delete_task } = TASK_TOOLS
  const { ask, things } = code === 'en' ? delete_task.several : delete_task.several.in[code]
  const clauses = ['Milch', 'Brot'].map(words => ({ ask, words, things, isWhole: false }))
  const question = questionAboutSeveral(clauses, questionWords(code)) ?? ''
  expect(question).toBe(asked)
  expect(agreementIn(answer, question, languageOf(code))).toBe('yes')
})

test.each(CODES)('what is said of screens in "%s" is spoken as it stands', code => {
  const { look, offer, notShared, notShown, invitation } = screenWords(code)
  const said = [look, offer, notShared, notShown, invitation('example', 'one two, three')]
  expect(said.filter(words => speakable(words, languageOf(code)) !== words)).toEqual([])
  expect(new Set(said).size).toBe(5)
})
