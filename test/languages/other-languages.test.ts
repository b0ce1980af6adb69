import { expect, test } from 'vitest'
import { bareText } from '../../src/conversation/turn/utterance.ts'
import { allLanguages, languageOf } from '../../src/languages/languages.ts'

/** The languages that a text asks for, in a call that is held in this one. */
const askedIn = (spoken: string, text: string): readonly string[] =>
  Object.entries(languageOf(spoken).requests.languages).flatMap(([code, pattern]) =>
    pattern.test(bareText(text)) ? [code] : [],
  )

test.each([
  ['en', 'Can we speak German?', 'de'],
  ['en', 'Hello, could you speak German with me, please?', 'de'],
  ['en', 'Do you speak Spanish?', 'es'],
  ['en', 'Excuse me, does anybody there speak Spanish?', 'es'],
  ['en', "I'd like to speak German.", 'de'],
  ['en', 'In Spanish, please.', 'es'],
  ['en', 'German please.', 'de'],
  ['en', 'Can you switch to German?', 'de'],
  ['en', 'I only speak Spanish.', 'es'],
  ['en', "I'd prefer German", 'de'],
  ['en', 'Auf Deutsch bitte', 'de'],
  ['en', 'Sprechen Sie Deutsch?', 'de'],
  ['en', 'En español por favor.', 'es'],
  ['en', 'hablo espanol', 'es'],
  ['de', 'Können wir bitte Englisch sprechen?', 'en'],
  ['de', 'Entschuldigung, sprechen Sie Spanisch?', 'es'],
  ['de', 'Auf Englisch bitte.', 'en'],
  ['de', 'Ich möchte lieber Spanisch sprechen.', 'es'],
  ['de', 'Geht das auch auf Englisch?', 'en'],
  ['de', 'Ich spreche nur Englisch', 'en'],
  ['de', 'Können Sie Englisch?', 'en'],
  ['de', 'Do you speak English?', 'en'],
  ['de', '¿Habla español?', 'es'],
  ['es', '¿Podemos hablar en inglés, por favor?', 'en'],
  ['es', 'Perdone, ¿habla usted alemán?', 'de'],
  ['es', 'En ingles por favor', 'en'],
  ['es', 'Prefiero hablar en alemán', 'de'],
  ['es', 'Solo hablo inglés', 'en'],
  ['es', 'can we speak english', 'en'],
  ['es', 'auf Deutsch', 'de'],
])('in "%s": "%s" asks for "%s"', (spoken, text, wanted) => {
  expect(askedIn(spoken, text)).toEqual([wanted])
})

test.each([
  ['en', 'Add a task: learn to speak German.'],
  ['en', 'German'],
  ['en', 'Is the German class today?'],
  ['en', 'Call the Spanish teacher please'],
  ['en', 'Do you speak French?'],
  ['en', 'Can we speak English?'],
  ['en', 'When do you speak German with Anna?'],
  ['en', 'No, not in German.'],
  ['en', 'Book the table in Spanish Town'],
  ['en', ''],
  ['de', 'Spanisch'],
  ['de', 'Trag Englisch lernen ein'],
  ['de', 'Auf Deutsch bitte'],
  ['de', 'Ich möchte die Englischstunde verschieben'],
  ['es', 'Apunta la clase de inglés'],
  ['es', 'Alemán'],
  ['es', 'En español, por favor'],
])('in "%s": "%s" asks for no other language', (spoken, text) => {
  expect(askedIn(spoken, text)).toEqual([])
})

test('each language knows how to ask for each of the others', () => {
  const codes = allLanguages().map(({ code }) => code)
  for (const { code, other, requests } of allLanguages()) {
    const others = codes.filter(one => one !== code)
    expect(Object.keys(requests.languages).toSorted()).toEqual(others.toSorted())
    expect(others.map(one => other?.(one)?.code)).toEqual(others)
    expect([other?.(code), other?.('xx')]).toEqual([undefined, undefined])
  }
  expect(codes).toHaveLength(3)
})
