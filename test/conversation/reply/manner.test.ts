import { expect, test } from 'vitest'
import { MANNERS } from '../../../src/conversation/delivery.ts'
import type { Speech } from '../../../src/conversation/ports.ts'
import { byManner } from '../../../src/conversation/reply/by-manner.ts'
import { Clauses } from '../../../src/conversation/reply/clauses.ts'
import type { Clause } from '../../../src/conversation/reply/manner-marks.ts'
import { english } from '../../../src/languages/english.ts'
import { languageOf } from '../../../src/languages/languages.ts'
import { replayExactly } from '../../../src/replay/exact.ts'
import { AGENT, onTheLine, type TestCall } from '../../fakes/call.ts'

const EXPRESSIVE = { ...AGENT, expressive: true }

/** What is made of a text that comes in pieces of this many letters. */
function cut(text: string, letters = text.length): readonly (readonly [string, string?])[] {
  const clauses = new Clauses(english)
  const made: Clause[] = []
  for (let at = 0; at < text.length; at += letters)
    for (const ready of clauses.push(text.slice(at, at + letters))) made.push(...ready)
  return [...made, ...clauses.rest(false)].map(({ text: said, manner }) =>
    manner === undefined ? [said] : [said, manner],
  )
}

async function answered(call: TestCall): Promise<void> {
  await call.until('replying')
  await call.until('listening')
}

const SORRY = '[sympathetic] I am sorry to hear that. [calm] Let us look at it together. It is quick.'

test.each([1, 2, 3, 7, 100])('marks in pieces of %i letters are read the same', letters => {
  expect(cut(SORRY, letters)).toEqual(cut(SORRY))
  expect(cut(SORRY, letters)).toEqual([
    ['I am sorry to hear that. ', 'sympathetic'],
    ['Let us look at it together. ', 'calm'],
    ['It is quick.', 'calm'],
  ])
})

test.each([
  // A model invents words, writes them large, or puts them where they tear a sentence in two.
  ['[whispering] Come closer.', [['Come closer.']]],
  ['[Calm]Good morning to you.', [['Good morning to you.', 'calm']]],
  ['[ sad ] Oh no.', [['Oh no.', 'sad']]],
  ['That is [happy] very good news.', [['That is very good news.']]],
  ['[happy][calm] Well done.', [['Well done.', 'calm']]],
  ['Great[happy] to see you.', [['Great to see you.']]],
  ['Good bye. [happy]', [['Good bye. ']]],
  ['[happy]', []],
  ['[calm](https://example.com) is a page.', [['calm is a page.']]],
  ['[laughs] [sigh] *chuckles* Right.', [['*chuckles* Right.']]],
  // Signs of private use are no marks, whoever writes them.
  ['\ue001Hello there to all.', [['Hello there to all.']]],
  ['One. [neutral] Two.', [['One. '], ['Two.', 'neutral']]],
])('%j becomes clauses without a mark', (written, clauses) => {
  expect(cut(written).map(([text, manner]) => [text.replace(/\s+/g, ' ').replace(/^ /, ''), manner])).toEqual(
    clauses.map(([text, manner]) => [text, manner]),
  )
})

test('each clause is voiced in its manner, and no mark is voiced, heard, kept or told', async () => {
  await onTheLine({ agent: EXPRESSIVE }, async call => {
    call.model.scripts.push(
      ['[sympa', 'thetic] I am sorry. [calm] Let us look at it. It is quick. [shouting] Right?'],
      ['[happy] Fine.'],
    )
    await call.greeted()
    const before = call.voice.manners.length
    await call.callerSays('My order is broken.')
    await answered(call)
    expect(call.voice.manners.slice(before)).toEqual(['sympathetic', 'calm', 'calm', 'calm'])
    await call.callerSays('All right then.')
    await answered(call)
    expect(call.told().at(-3)).toBe('agent: I am sorry. Let us look at it. It is quick. Right?')
    expect(call.model.asked[0]?.instructions).toMatch(/^Be brief\.\n\n.*\[sympathetic\]/s)
    const voiced = JSON.stringify([call.voice.pieces, call.heard(), call.told()])
    for (const mark of [...MANNERS, 'shouting']) expect(voiced).not.toContain(`[${mark}`)
    expect(voiced).not.toMatch(/[\ue000-\uf8ff]/)
    // It can be read from the journal how it was said, and a replay finds the same.
    const clauses = call.journal.lines.flatMap(line =>
      'decided' in line && line.decided.kind === 'clause' ? [[line.decided.text, line.decided.manner]] : [],
    )
    expect(clauses[0]).toEqual(['I am sorry. ', 'sympathetic'])
    expect(replayExactly(call.journal.lines, { languageOf }).differences).toEqual([])
  })
})

test('an agent that may not, or whose voice cannot, says the same words as usual, and its model is told nothing', async () => {
  await onTheLine({ agent: AGENT }, async call => {
    call.model.scripts.push(['[calm] Let us look at it.'])
    await call.greeted()
    await call.callerSays('My order is broken.')
    await answered(call)
    expect(call.voice.manners.every(manner => manner === undefined)).toBe(true)
    expect(call.voice.pieces.at(-1)?.text).toBe('Let us look at it.')
    expect(call.model.asked[0]?.instructions).toBe('Be brief.')
  })
})

test('the first words with a mark are voiced as soon as those without one', async () => {
  const firstMs = async (expressive: boolean, ...written: readonly string[]) => {
    let ms = 0
    await onTheLine({ agent: { ...AGENT, expressive } }, async call => {
      call.model.scripts.push(written)
      await call.greeted()
      const before = call.voice.pieces.length
      await call.callerSays('My order is broken.')
      await answered(call)
      ms = (call.voice.pieces[before]?.atMs ?? 0) - (call.model.askedMs[0] ?? 0)
    })
    return ms
  }
  const plain = await firstMs(false, 'Let us look at it.')
  expect(await firstMs(true, 'Let us look at it.')).toBe(plain)
  expect(await firstMs(true, '[calm]', ' Let us look at it.')).toBe(plain)
})

test('what is heard of an answer in several manners is right when the caller interrupts its second half', async () => {
  await onTheLine({ agent: EXPRESSIVE }, async call => {
    call.model.scripts.push(['[happy] Good news for you. [calm] Your order has left our house this very morning.'])
    await call.greeted()
    await call.callerSays('Where is my order?')
    await call.until('replying')
    await call.pass(3_000)
    await call.callerSays('Wait a moment please.')
    await answered(call)
    const [agent] = call.told().filter(line => /Good news/.test(line))
    expect(agent).toMatch(/^agent: Good news for you\. Your order/)
    expect(agent).not.toContain('morning')
  })
})

test('a voice that ends before its text is asked for no more, and one that fails fails the speech', async () => {
  async function* clauses(): AsyncGenerator<Clause> {
    yield { text: 'One. ' }
    yield { text: 'Two. ', manner: 'calm' }
    yield { text: 'Three.', manner: 'calm' }
  }
  const frame = { pcm: new Int16Array(800), rateHz: 8_000 }
  const asked: string[] = []
  const words = (text: string): Speech => ({ kind: 'words', words: [{ text, startMs: 0, endMs: 100 }] })
  const whole = await Array.fromAsync(
    byManner(clauses(), async function* (text, manner) {
      const all = (await Array.fromAsync(text)).join('')
      asked.push(`${manner()}: ${all}`)
      yield words(all)
      yield { kind: 'audio', frame }
    }),
  )
  expect(asked).toEqual(['undefined: One. ', 'calm: Two. Three.'])
  expect(whole.flatMap(one => (one.kind === 'words' ? one.words : []))).toEqual([
    { text: 'One. ', startMs: 0, endMs: 100 },
    { text: 'Two. Three.', startMs: 100, endMs: 200 },
  ])
  const early = await Array.fromAsync(
    byManner(clauses(), async function* () {
      yield { kind: 'audio', frame }
    }),
  )
  expect(early).toHaveLength(1)
  const failing = Array.fromAsync(
    byManner(clauses(), async function* (text, manner) {
      for await (const _ of text) if (manner() === 'calm') throw new Error('broken')
      yield { kind: 'audio', frame }
    }),
  )
  await expect(failing).rejects.toThrow('broken')
})
