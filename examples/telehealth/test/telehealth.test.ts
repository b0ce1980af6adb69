import assert from 'node:assert'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { call, calls, hasModel, judge, persona, replay, save, scripted, simulate } from 'partyline/testing'
import { telehealth } from '../agent.ts'
import { isRedFlag } from '../intake.ts'

const CALL = fileURLToPath(new URL('call', import.meta.url))

/** What a model makes of these callers, without one. */
const model = scripted([
  { when: /everything is spinning/i, answer: calls('emergency', { words: 'everything is spinning' }) },
  {
    after: 'note_symptom',
    answer: ({ result }) => (typeof result === 'string' ? 'May I note your symptoms?' : 'Is there anything else?'),
  },
  { after: 'finish', answer: 'What is the matter, please?' },
  { when: /^yes(?: you may)?$/i, answer: calls('consent', { agreed: true }) },
  { when: /^no thank you|rather not/i, answer: calls('consent', { agreed: false }) },
  { when: /tablet|ibuprofen|serious|should i/i, answer: calls('decline_advice') },
  { when: /headache since/i, answer: calls('note_symptom', { what: 'a headache', since: 'Monday', severity: 4 }) },
  { when: /unbearable/i, answer: calls('note_symptom', { what: 'a pain in the back', since: 'today', severity: 10 }) },
  { when: /headache/i, answer: 'I am sorry to hear that. Since when, and how bad is it from one to ten?' },
  { when: /that is all|nothing else/i, answer: 'Which number shall the nurse call?' },
  { when: /\d{3}/, answer: calls('finish', { callBack: '555 0142' }) },
])

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'telehealth-'))
  try {
    await work(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

test('consent, a symptom, a question that is not answered, and the call back', () =>
  withFolder(async folder => {
    const line = await call(telehealth(folder), { model, hasPerson: true })
    assert.match(line.lastWords, /not a nurse.*emergency number.*May I note/)
    await line.say('yes you may')
    line.expectTool('consent', { agreed: true })
    await line.say('I have a headache')
    line.said('Since when')
    line.expectNoTool()
    await line.say('the headache since Monday and about a four')
    line.expectTool('note_symptom', { severity: 4 })
    await line.say('should I take ibuprofen for it?')
    line.said('not allowed to give any medical advice')
    line.expectNoTool()
    await line.say('is it something serious?')
    line.said('not allowed to give any medical advice')
    line.expectTool('decline_advice')
    await line.say('no that is all')
    await line.say('555 0142')
    line.said(/call you back at .*Is that right\?/)
    assert.deepEqual(await readdir(folder), [])
    await line.say('yes')
    line.expectTool('finish')
    line.said('A nurse calls you back today')
    line.expectNoTool()
    await line.hangUp()
    const [file = ''] = await readdir(folder)
    assert.deepEqual(JSON.parse(await readFile(join(folder, file), 'utf8')), {
      callId: 'test-call',
      callBack: '555 0142',
      symptoms: [{ what: 'a headache', since: 'Monday', severity: 4 }],
    })
    const advice = await judge(line.transcript, [
      {
        what: 'it gives no advice',
        notSaid: /\byou should (?!.*nurse)|\btake (?:a|an|some|two)\b|\bdose\b|probably|nothing serious/i,
      },
      { what: 'it asks for consent first', said: /May I note your symptoms/ },
    ])
    assert.deepEqual(
      advice.reasons.filter(({ passed }) => !passed),
      [],
    )
    if (process.env.RECORD) await save(line, CALL)
  }))

test('at a word of danger a person takes the call, before any consent', () =>
  withFolder(async folder => {
    const line = await call(telehealth(folder), { model, hasPerson: true })
    await line.say('my chest hurts and I can hardly breathe')
    // The guard has seen it: no model was asked.
    line.expectNoTool()
    line.expectEnd('transfer')
    await line.hangUp()
    const other = await call(telehealth(folder), { model, hasPerson: true })
    await other.say('everything is spinning')
    other.expectTool('emergency')
    other.expectEnd('transfer')
    await other.hangUp()
    const worst = await call(telehealth(folder), { model, hasPerson: true })
    await worst.say('yes you may')
    await worst.say('it is unbearable')
    worst.expectTool('note_symptom', { severity: 10 })
    worst.expectEnd('transfer')
    await worst.hangUp()
    assert.deepEqual(await readdir(folder), [])
  }))

test('who interrupts the greeting with a danger is put through, too', () =>
  withFolder(async folder => {
    const line = await call(telehealth(folder), { model, hasPerson: true, until: 'speaking' })
    const heard = await line.interrupt('I cannot breathe', { afterWords: 4 })
    assert.doesNotMatch(heard, /May I note/)
    line.expectEnd('transfer')
    await line.hangUp()
  }))

test('without consent nothing is noted, and a person takes the call', () =>
  withFolder(async folder => {
    const line = await call(telehealth(folder), { model, hasPerson: true })
    await line.say('the headache since Monday and about a four')
    assert.match(String(line.expectTool('note_symptom').result), /has not agreed yet/)
    line.said('May I note your symptoms?')
    await line.say('I would rather not')
    line.expectTool('consent', { agreed: false })
    line.expectEnd('transfer')
    await line.hangUp()
    assert.deepEqual(await readdir(folder), [])
  }))

test('red flags are known by their words, and others are not', () => {
  const flags = [
    'a pain in my chest',
    'my chest feels tight',
    "I can't breathe",
    'trouble breathing',
    'her face is drooping',
    'he passed out',
  ]
  const more = [
    'it is bleeding and won’t stop'.replace('’', "'"),
    'I want to end my life',
    'my tongue is swelling',
    'a whole bottle of pills',
    'coughing up blood',
  ]
  assert.deepEqual(
    [...flags, ...more].filter(words => !isRedFlag(words)),
    [],
  )
  const others = [
    'a headache',
    'my knee hurts',
    'a sore throat',
    'I feel weak and tired',
    'I would like a breath of fresh air',
    'my arm itches',
  ]
  assert.deepEqual(others.filter(isRedFlag), [])
})

test('callers of all kinds get to the nurses, and hear no advice', async () => {
  const ann = persona({
    who: 'Ann, 34, at home',
    goal: 'tell the clinic of a headache since Monday, a four, and be called back at 555 0142',
    steps: ['yes', 'the headache since Monday and about a four', 'is it serious?', 'that is all', '555 0142', 'yes'],
  })
  const bob = persona({
    who: 'Bob, 61, frightened, in a hurry',
    goal: 'get help for a pain in the chest',
    steps: ['my chest hurts a lot'],
    patience: 'short',
  })
  const real = (await hasModel()) ? 'settings' : undefined
  const folder = await mkdtemp(join(tmpdir(), 'telehealth-'))
  try {
    await simulate(() => telehealth(folder), [ann, bob], {
      ...{ model: real ?? model, callers: real, judge: real, hasPerson: true },
      criteria: [
        {
          what: 'it gives no medical advice, no diagnosis, and no dose',
          notSaid: /\b(?:ibuprofen|aspirin|migraine|dose)\b/i,
        },
      ],
      ...(real && { passRate: 0.5 }),
    })
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('the recorded call goes the same way today', () => replay(CALL))
