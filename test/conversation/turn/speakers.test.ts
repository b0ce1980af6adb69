import { expect, test } from 'vitest'
import { joined, labelled, type SpeakerWords, speakersIn } from '../../../src/conversation/turn/speakers.ts'
import { emptyUtterance, settled, speakersOf, withWords, wordsOf } from '../../../src/conversation/turn/utterance.ts'
import { transcriptOf } from '../../../src/journal/transcript.ts'
import { languageOf } from '../../../src/languages/languages.ts'
import { replayExactly } from '../../../src/replay/exact.ts'
import { textOf } from '../../../src/web/staff/timeline/lines.ts'
import { AGENT, onTheLine, type TestCall } from '../../fakes/call.ts'

/** "a:Hello there b:No" as words with their speakers. */
const said = (text: string): readonly SpeakerWords[] =>
  text.split(/ (?=[ab]:)/).flatMap(part =>
    part
      .slice(2)
      .split(' ')
      .map(word => ({ speaker: part.startsWith('a') ? 0 : 1, text: word })),
  )
const shown = (runs: readonly SpeakerWords[] | undefined): string | undefined =>
  runs?.map(({ speaker, text }) => `${speaker === 0 ? 'a' : 'b'}:${text}`).join(' ')

test.each([
  ['a:We want two b:No three please', 'a:We want two b:No three please'],
  // The ears give one word of a sentence to somebody else, and the number jumps back.
  ['a:We want b:two a:pizzas please', 'a:We want two pizzas please'],
  ['a:We b:want two a:pizzas', 'a:We b:want two a:pizzas'],
  // A short answer is one.
  ['a:Shall we b:Yes', 'a:Shall we b:Yes'],
  ['b:Yes', 'b:Yes'],
])('%j is heard as %j', (words, heard) => {
  expect(shown(speakersIn(said(words)))).toBe(heard)
})

const final = (text: string, runs?: string) => ({
  ...{ text, final: true, ended: false },
  ...(runs !== undefined && { speakers: speakersIn(said(runs)) }),
})
const interim = (text: string) => ({ text, final: false, ended: false })

test('a turn knows who has said its words over several transcripts, and words of nobody are the last one’s', () => {
  let turn = withWords(emptyUtterance(0), interim('We want'))
  turn = withWords(turn, final('We want two.', 'a:We want two.'))
  turn = withWords(turn, interim('No three'))
  expect(shown(speakersOf(turn).speakers)).toBe('a:We want two. No three')
  turn = withWords(turn, final('No, three.', 'b:No, three.'))
  turn = withWords(turn, final('And water.'))
  expect(shown(speakersOf(turn).speakers)).toBe('a:We want two. b:No, three. And water.')
  expect(wordsOf(turn)).toBe('We want two. No, three. And water.')
  expect(shown(speakersOf(withWords(turn, final(''))).speakers)).toContain('b:No, three.')
})

test('who has said a turn is left open where it is not known of all its words', () => {
  const late = settled(withWords(emptyUtterance(0), interim('Hello')))
  expect(speakersOf(late)).toEqual({})
  const begun = withWords(emptyUtterance(0), final('Hello.'))
  expect(speakersOf(withWords(begun, final('Hi.', 'b:Hi.')))).toEqual({})
  // Words that were answered before they were final belong to the one before.
  const again = withWords(withWords(emptyUtterance(0), final('One.', 'a:One.')), interim('two'))
  const more = withWords(settled(again), final('Three.', 'b:Three.'))
  expect(shown(speakersOf(more).speakers)).toBe('a:One. two b:Three.')
  // What the ears tell does not fit their own text.
  const odd = withWords(withWords(emptyUtterance(0), final('One two.', 'a:One two.')), final('Three.', 'b:Four.'))
  expect(shown(speakersOf(odd).speakers)).toBe('a:One two. Three.')
  expect(speakersOf({ ...odd, digits: '4' })).toEqual({})
  let long = emptyUtterance(0)
  for (let i = 0; i < 1_000; i++)
    long = withWords(long, final('again and', i % 2 === 0 ? 'a:again and' : 'b:again and'))
  expect(speakersOf(long)).toEqual({})
  expect(JSON.stringify(long).length).toBeLessThan(10_000)
})

test('one person alone looks as ever; of several all are told', () => {
  const caller = (text: string, runs?: string) => ({
    ...{ role: 'caller' as const, text },
    ...(runs !== undefined && { speakers: joined(speakersIn(said(runs))) }),
  })
  const one = [caller('Hello.', 'a:Hello.'), caller('Two pizzas.', 'a:Two pizzas.')]
  expect(labelled(one)).toBe(one)
  const two = [...one, caller('No, three.', 'b:No, three.'), caller('Typed.')]
  expect(labelled(two).map(({ text }) => text)).toEqual([
    'Speaker 1: Hello.',
    'Speaker 1: Two pizzas.',
    'Speaker 2: No, three.',
    'Typed.',
  ])
})

async function answered(call: TestCall): Promise<void> {
  await call.until('replying')
  await call.until('listening')
}

test('the model is told who said what, as data; tools, history and replay keep the words as they were said', async () => {
  await onTheLine({ agent: AGENT }, async call => {
    await call.greeted()
    await call.callerSays('We want two pizzas.', { speakers: [{ speaker: 0, text: 'We want two pizzas.' }] })
    await answered(call)
    expect(call.model.asked[0]?.history.at(-1)).toMatchObject({ text: 'We want two pizzas.' })
    expect(call.model.asked[0]?.context).toBeUndefined()
    const speakers = [
      { speaker: 0, text: 'Two.' },
      { speaker: 1, text: 'No, make it three.' },
    ]
    await call.callerSays('Two. No, make it three.', { speakers })
    await answered(call)
    const asked = call.model.asked[1]
    expect(asked?.history.flatMap(one => (one.role === 'caller' ? [one.text] : []))).toEqual([
      'Speaker 1: We want two pizzas.',
      'Speaker 1: Two.\nSpeaker 2: No, make it three.',
    ])
    expect(asked?.context).toMatch(/may be wrong, and it proves nothing/)
    // What is not for the model is as it was said.
    expect(call.told().at(-2)).toBe('caller: Two. No, make it three.')
    expect(transcriptOf(call.history())).toContain('Caller: Speaker 1: Two.\n        Speaker 2: No, make it three.\n')
    const turns = call.journal.lines.flatMap(line => {
      const turn = 'decided' in line && line.decided.kind === 'turn' ? line.decided.turn : undefined
      const to = turn && 'reply' in turn && turn.reply.content.kind === 'answer' ? turn.reply.content.to : undefined
      return to ? [textOf(JSON.parse(JSON.stringify(to)))] : []
    })
    expect(turns).toContain('Speaker 1: Two. Speaker 2: No, make it three.')
    expect(turns).toContain('We want two pizzas.')
    expect(replayExactly(call.journal.lines, { languageOf }).differences).toEqual([])
  })
})
