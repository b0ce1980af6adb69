import { expect, test } from 'vitest'
import { agentIn } from '../../src/agents/agents.ts'
import { GERMAN } from '../../src/agents/german-words.ts'
import { SPANISH } from '../../src/agents/spanish-words.ts'
import type { Agent } from '../../src/conversation/agent.ts'
import type { JournalLine } from '../../src/conversation/lines.ts'
import { restore } from '../../src/conversation/restore.ts'
import { begin } from '../../src/conversation/turn/enter.ts'
import { onLineOf } from '../../src/conversation/turn/languages.ts'
import { stateAfter } from '../../src/journal/streams-before.ts'
import { languageOf } from '../../src/languages/languages.ts'
import { AGENT, onTheLine, POLICY, type TestCall } from '../fakes/call.ts'
import { toolCall } from '../fakes/model.ts'

const PAULA: Agent = { ...AGENT, language: languageOf('en') }
const ofCode = (LANGUAGE: 'de' | 'es') => agentIn({ AGENT: 'receptionist', LANGUAGE })
const german: Agent = { ...(await ofCode('de')), name: PAULA.name, instructions: 'Fasse dich kurz.' }
const spanish: Agent = { ...(await ofCode('es')), name: PAULA.name, instructions: 'Sé breve.' }
const LINE = { agent: PAULA, others: [german, spanish] }

const chooses = (code: string, id = 'call-1') => ({ tool: toolCall('switch_language', id, { code }) })
const languageNow = (call: TestCall) => call.turn().context.languages?.now

async function answered(call: TestCall): Promise<void> {
  await call.until('replying')
  await call.until('listening')
}

test('a caller who asks for another language is answered in it, and so back', async () => {
  await onTheLine(LINE, async call => {
    await call.greeted()
    await call.callerSays('hello, can we speak German please?')
    await answered(call)
    expect(call.heard().at(-1)).toBe(GERMAN.phrases.switched)
    expect(call.model.asked).toHaveLength(0)
    expect(call.heardIn).toEqual(['en', 'de'])
    call.model.scripts.push(['Wir öffnen um neun.'])
    await call.callerSays('wann machen Sie auf')
    await answered(call)
    expect(call.model.asked.at(-1)?.instructions).toBe('Fasse dich kurz.')
    await call.callerSays('können wir bitte Englisch sprechen')
    await answered(call)
    expect(call.heardIn).toEqual(['en', 'de', 'en'])
    await call.callerSays('¿Habla español?')
    await answered(call)
    expect(call.heardIn).toEqual(['en', 'de', 'en', 'es'])
    expect(call.spoken.map(({ in: code, text }) => `${code}: ${text.trim()}`)).toEqual([
      `en: ${PAULA.phrases.greeting}`,
      `de: ${GERMAN.phrases.switched}`,
      'de: Wir öffnen um neun.',
      `en: ${PAULA.phrases.switched}`,
      `es: ${SPANISH.phrases.switched}`,
    ])
    expect(call.told()).toContain('caller: können wir bitte Englisch sprechen')
  })
})

test('the model changes the language with a tool, and answers what was asked in it', async () => {
  await onTheLine(LINE, async call => {
    await call.greeted()
    call.model.scripts.push([chooses('de')], ['Wir öffnen um 9 Uhr.'])
    await call.callerSays('van mahken zee owf')
    await answered(call)
    expect(call.model.asked.map(({ instructions }) => instructions)).toEqual(['Be brief.', 'Fasse dich kurz.'])
    expect(call.told()).toEqual([
      `agent: ${PAULA.phrases.greeting}`,
      'caller: van mahken zee owf',
      expect.stringMatching(/^tool switch_language: The call is in German from here on/),
      `agent: ${GERMAN.phrases.switched}`,
      // By the German numbers.
      'agent: Wir öffnen um neun Uhr.',
    ])
    expect(call.heardIn).toEqual(['en', 'de'])
    expect(call.spoken.slice(1).map(({ in: code }) => code)).toEqual(['de', 'de'])
    call.tools.add('opening', false, async () => 'at nine')
    call.model.scripts.push([{ tool: toolCall('opening', 'call-2') }], ['Um neun.'])
    await call.callerSays('wann machen Sie auf')
    await answered(call)
    expect(call.tools.runs.at(-1)?.context.language).toBe('de')
  })
})

test('words that go on are waited for by the language that is spoken', async () => {
  await onTheLine(LINE, async call => {
    await call.greeted()
    await call.callerSays('in German please')
    await answered(call)
    // "und" never ends a German sentence, and is no English word.
    await call.callerSays('ich möchte morgen einen Termin und')
    await call.pass(1_500)
    expect(call.turn().kind).toBe('settling')
    await call.callerSays('einen zweiten am Freitag')
    await answered(call)
    expect(call.told()).toContain('caller: ich möchte morgen einen Termin und einen zweiten am Freitag')
  })
})

test('a barge-in over the words that tell of the new language is answered in it', async () => {
  await onTheLine(LINE, async call => {
    await call.greeted()
    call.model.scripts.push([chooses('de')], ['Wir haben heute den ganzen Tag offen.'])
    await call.callerSays('van mahken zee owf')
    while (call.spoken.at(-1)?.in !== 'de') await call.pass(20)
    await call.pass(600)
    call.model.scripts.push(['Gern geschehen.'])
    await call.callerSays('nein warten Sie ich meinte morgen')
    await answered(call)
    expect(languageNow(call)).toBe('de')
    expect(call.heardIn).toEqual(['en', 'de'])
    expect(call.told().filter(line => line.startsWith('agent: Gern'))).toEqual([
      expect.stringMatching(/^agent: Gern, .* —$/),
      'agent: Gern geschehen.',
    ])
    expect(call.model.asked.at(-1)?.instructions).toBe('Fasse dich kurz.')
    expect(call.spoken.at(-1)).toMatchObject({ in: 'de' })
  })
  await onTheLine(LINE, async call => {
    await call.greeted()
    await call.callerSays('can we speak Spanish')
    while (call.spoken.at(-1)?.in !== 'es') await call.pass(20)
    await call.pass(300)
    // A sign of listening in Spanish stops nothing.
    await call.callerSays('ajá sí')
    await call.until('listening')
    expect(call.told().at(-1)).toBe(`agent: ${SPANISH.phrases.switched}`)
  })
})

test.each([
  ['the current one', 'en', 'The call is in English already.'],
  [
    'one that is not spoken',
    'fr',
    'Not changed: only these languages are spoken on this line: English, German, Spanish. Say so plainly, in English.',
  ],
])('a change to %s changes nothing', async (_what, code, told) => {
  await onTheLine(LINE, async call => {
    await call.greeted()
    call.model.scripts.push([chooses(code)], ['We speak English.'])
    await call.callerSays('what can you do')
    await answered(call)
    expect(call.told()).toContain(`tool switch_language: ${told}`)
    expect(call.heard().at(-1)).toBe('We speak English.')
    expect(call.heardIn).toEqual(['en'])
    expect(call.events().filter(({ kind }) => kind === 'language')).toEqual([])
  })
})

test.each([
  ['"de-DE"', { code: 'de-DE' }, 'de'],
  ['"German"', { code: 'German' }, 'de'],
  ['nothing', {}, 'en'],
  ['a number', { code: 7 }, 'en'],
])('a model that names the language as %s is understood or told', async (_what, args, now) => {
  await onTheLine(LINE, async call => {
    await call.greeted()
    call.model.scripts.push([{ tool: toolCall('switch_language', 'call-1', args) }], ['Ja.'])
    await call.callerSays('what can you do')
    await answered(call)
    expect(languageNow(call)).toBe(now)
  })
})

test('a wish that names a language besides something else is left to the model', async () => {
  await onTheLine(LINE, async call => {
    await call.greeted()
    for (const words of [
      'add a task learn to speak German',
      'Spanish',
      'is the German class today',
      'do you speak French',
    ]) {
      await call.callerSays(words)
      await answered(call)
    }
    expect(call.model.asked).toHaveLength(4)
    expect(call.heardIn).toEqual(['en'])
  })
})

test('a line of one language offers no other', async () => {
  await onTheLine({ agent: PAULA }, async call => {
    await call.greeted()
    call.model.scripts.push(['I speak English.'])
    await call.callerSays('can we speak German')
    await answered(call)
    expect(call.model.asked.map(({ tools }) => tools)).toEqual([[]])
    expect(call.turn().context).not.toHaveProperty('languages')
    expect(call.heard().at(-1)).toBe('I speak English.')
  })
})

test('a question that waits for a yes waits no longer when the language changes', async () => {
  await onTheLine(LINE, async call => {
    await call.greeted()
    call.tools.add('delete', true, async () => ({ kind: 'ask', question: 'Delete it?' }))
    call.model.scripts.push([{ tool: toolCall('delete') }])
    await call.callerSays('delete the task')
    await answered(call)
    await call.callerSays('auf Deutsch bitte')
    await answered(call)
    expect(call.turn().context.pending).toBeUndefined()
    await call.callerSays('ja')
    await answered(call)
    expect(call.tools.runs).toHaveLength(1)
  })
})

test('a call that was cut off goes on in the language that was spoken, if the line still speaks it', async () => {
  const before: JournalLine[] = []
  await onTheLine(LINE, async call => {
    await call.greeted()
    await call.callerSays('do you speak German')
    await answered(call)
    await call.callerSays('was steht heute an')
    await call.until('replying')
    before.push(...call.journal.lines)
  })
  expect(restore(before, languageOf('en')).turn.context.languages?.now).toBe('de')
  const log = { error: (fields: object) => Promise.reject(fields) }
  const fresh = { turn: begin(POLICY, 0), history: [] }
  const { turn, history } = stateAfter(before, fresh, POLICY, undefined, languageOf('en'), 'call-7', log)
  expect(onLineOf(turn, [PAULA, spanish]).context.languages?.now).toBe('en')
  expect(onLineOf(turn, [PAULA]).context).not.toHaveProperty('languages')
  const state = { turn: onLineOf(turn, [PAULA, german]), history }
  await onTheLine({ ...LINE, state, earlier: before }, async call => {
    await call.until('listening')
    expect(call.heardIn).toEqual(['de'])
    expect(call.spoken[0]).toEqual({ in: 'de', text: GERMAN.phrases['cut-off'] })
    // The rest of the answer, by the German agent.
    expect(call.model.asked[0]?.instructions).toMatch(/^Fasse dich kurz\./)
    await call.callerSays('was steht heute an')
    await answered(call)
    expect(call.told()).toContain('caller: do you speak German')
  })
})

test('ears that fail are opened again in the language that is spoken', async () => {
  await onTheLine(LINE, async call => {
    await call.greeted()
    await call.callerSays('can we speak German')
    await answered(call)
    call.speechToText.words.fail(new Error('the socket broke'))
    await call.pass(1_000)
    expect(call.heardIn).toEqual(['en', 'de', 'de'])
  })
})
