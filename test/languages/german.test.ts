import { expect, test } from 'vitest'
import { spokenDigits } from '../../src/conversation/secret/spoken-digits.ts'
import { agreementIn } from '../../src/conversation/turn/agreement.ts'
import { judgeOverlap } from '../../src/conversation/turn/overlap.ts'
import { trailsOff } from '../../src/conversation/turn/patience.ts'
import { asksForPerson, takesLeave } from '../../src/conversation/turn/requests.ts'
import { emptyUtterance } from '../../src/conversation/turn/utterance.ts'
import { digitsIn, wantedBy } from '../../src/conversation/turn/wanted.ts'
import { german } from '../../src/languages/german.ts'

const QUESTION = 'Soll ich „Milch kaufen“, fällig am Montag, löschen?'
const SEVERAL = 'Soll ich diese drei Aufgaben löschen?'
const overlap = (words: string) => judgeOverlap(words, 'Ihre erste Aufgabe ist: die Steuer machen.', german)

test.each([
  // Of chat bots' lists for "affirm", and of receptions' tests.
  ...['ja', 'ja klar', 'absolut', 'definitiv', 'sicher', 'natürlich', 'korrekt', 'klar', 'einverstanden', 'gerne'],
  ...[
    'gern',
    'jo',
    'jep',
    'jap',
    'Ja bitte.',
    'Ja genau.',
    'ja doch',
    'Jawohl',
    'Na klaro',
    'klingt gut',
    'Ja, gerne.',
  ],
  ...['In Ordnung.', 'Ja, genau.', 'Ja. Passt.', 'aber sicher', 'Ja, bitte.', 'Sehr gerne, danke.', 'stimmt', 'Passt.'],
  ...[
    'Ja, ja, machen Sie das.',
    'Auf jeden Fall!',
    'Ähm, ja, okay.',
    'Ach ja, richtig.',
    'Geht in Ordnung.',
    'so ist es',
  ],
  ...['Löschen.', 'Ja, löschen Sie die.', 'Lösch es bitte.', 'Ja, bitte löschen.', 'lösch das mal', 'Ja, mach das.'],
  ...['Löschen Sie das bitte.', 'Doch!', 'Von mir aus.', 'Alles klar, danke schön.', 'Nur zu.', 'bitte löschen'],
])('"%s" agrees', text => {
  expect(agreementIn(text, QUESTION, german)).toBe('yes')
})

test.each([
  'Ja, alle.',
  'Alle drei.',
  'Ja, lösch sie alle.',
  'alle löschen',
  'ja, alle drei bitte',
  'Löschen Sie alle.',
])('"%s" agrees to several changes', text => {
  expect(agreementIn(text, SEVERAL, german)).toBe('yes')
})

test.each(['nur die erste', 'alle außer der zweiten', 'die ersten beiden', 'ja, aber nur die erste'])(
  '"%s" does not agree to several changes',
  text => {
    expect(agreementIn(text, SEVERAL, german)).not.toBe('yes')
  },
)

test('"alle" does not agree to a question about one', () => {
  expect(agreementIn('alle', QUESTION, german)).not.toBe('yes')
})

test.each([
  ...[
    'nein',
    'nee',
    'nö',
    'nie',
    'niemals',
    'lass mal',
    'bitte nicht',
    'nein danke',
    'Nein, nicht nötig.',
    'sicher nicht',
  ],
  ...['Das glaube ich nicht.', 'Nope.', 'nicht wirklich', 'definitiv nicht', 'vermutlich nicht', 'Nein, passt nicht.'],
  ...[
    'auf keinen Fall',
    'Halt!',
    'Stopp',
    'Warten Sie mal.',
    'Moment',
    'ja nein warte',
    'Lieber nicht.',
    'kein Interesse',
  ],
  ...[
    'Lassen Sie das.',
    'nicht löschen',
    'ja, aber nicht die',
    'Behalten Sie die.',
    'Ich will die behalten.',
    'vergiss es',
  ],
  ...[
    'Ja, Moment noch.',
    'Quatsch',
    'Eigentlich nicht.',
    'Ja, stimmt nicht.',
    'Nix da.',
    'stattdessen ändern',
    'ja, später',
  ],
])('"%s" does not', text => {
  expect(agreementIn(text, QUESTION, german)).toBe('no')
})

test.each([
  ...['was?', 'Häh?', 'Wie bitte?', 'welche?', 'bitte?', 'Entschuldigung?', 'hm', 'ähm', 'vielleicht', 'kann sein'],
  ...[
    'Ich glaube schon.',
    'na ja',
    'Naja.',
    'mhm',
    'Danke.',
    'Danke schön.',
    'Super, danke.',
    'mir egal',
    'teils teils',
  ],
  ...['Tja.', 'Ich denke.', 'vermutlich', 'wahrscheinlich schon', 'Jein.', 'Was sagten Sie?', 'Gut.'],
])('"%s" is unclear', text => {
  expect(agreementIn(text, QUESTION, german)).toBe('unclear')
})

test.each([
  ...[
    'ja und trag noch Brot ein',
    'Was ist heute fällig?',
    'die andere',
    'Freitag',
    'ja, die andere',
    'lösch die andere',
  ],
  ...[
    'Ich habe ja gesagt.',
    'Ja, genau, Dienstag um fünfzehn Uhr passt.',
    'Es geht um meine Rechnung.',
    'Weiter bitte.',
  ],
])('"%s" is something else or no, but no yes', text => {
  expect(agreementIn(text, QUESTION, german)).not.toBe('yes')
})

test.each([
  ['Ja, hak es ab.', 'Soll ich „Milch kaufen“ abhaken?', 'yes'],
  ['Abhaken bitte.', 'Soll ich „Milch kaufen“ abhaken?', 'yes'],
  ['Haken Sie die bitte ab.', 'Soll ich „Milch kaufen“ abhaken?', 'yes'],
  ['Ja, abbrechen.', 'Soll ich die Bestellung abbrechen?', 'yes'],
  ['Abbrechen.', 'Soll ich die Bestellung abbrechen?', 'no'],
  ['Ja, aber nicht abhaken.', 'Soll ich „Milch kaufen“ abhaken?', 'no'],
  ['Ja, ändern Sie das.', 'Soll ich „Milch kaufen“ ändern?', 'yes'],
] as const)('"%s" to "%s" is %s', (text, question, agreement) => {
  expect(agreementIn(text, question, german)).toBe(agreement)
})

test.each([
  // Lists of listeners' signals: of dialogue tagging, of meeting and calling programs.
  ...['ja', 'jap', 'jep', 'jo', 'mhm', 'mm', 'hm', 'aha', 'oh', 'ach', 'achso', 'Ach so.', 'okay', 'ok', 'richtig'],
  ...[
    'sicher',
    'klar',
    'na klar',
    'verstehe',
    'Ich verstehe.',
    'cool',
    'wow',
    'genau',
    'stimmt',
    'Das stimmt.',
    'super',
  ],
  ...[
    'Ja, ja.',
    'Mhm, ja, genau.',
    'Alles klar.',
    'ja okay',
    'wirklich?',
    'Echt?',
    'gut',
    'sehr gut',
    'ah ja',
    'schön',
  ],
  ...['eben', 'interessant', 'in Ordnung', 'hmhm', 'prima', 'gerne', 'ja ich verstehe', 'toll'],
])('"%s" shows listening', words => {
  expect(overlap(words)).toBe('back-channel')
})

test.each(['ich', 'das', 'alles', 'na', 'sehr'])('"%s" decides nothing yet', words => {
  expect(overlap(words)).toBe('nothing')
})

test.each([
  ...[
    'nein',
    'Nein, das nicht.',
    'Moment',
    'Halt, stopp.',
    'warte mal',
    'ja aber',
    'Und was noch?',
    'die zweite',
    'Stopp.',
  ],
  ...[
    'Entschuldigung, eine Frage.',
    'ich hätte gern',
    'wie bitte',
    'Hallo?',
    'genau die meine ich',
    'nicht ganz',
    'weiter',
  ],
])('"%s" interrupts', words => {
  expect(overlap(words)).toBe('interruption')
})

test.each(
  [
    ...[
      'Ich hätte gern einen',
      'Also ich',
      'Es geht um den',
      'Können Sie mir die Aufgabe für',
      'und',
      'und ähm',
      'äh',
      'Ja, ähm',
    ],
    ...[
      'ja, es geht um den Termin, aber',
      'Meine Kundennummer ist',
      'Mein Name ist',
      'Ich heiße',
      'die Adresse lautet',
      'am',
    ],
    ...['Moment', 'Einen Moment bitte', 'Warten Sie kurz', 'Lassen Sie mich kurz nachsehen', 'da muss ich mal schauen'],
    ...[
      'Ich weiß nicht, ob',
      'Das ist, weil',
      'Ich brauche das bis zum',
      'Trag bitte ein',
      'nein, ich meine',
      'äh moment',
    ],
    ...['erinnere mich daran, dass', 'Ich wollte fragen, ob', 'zwischen', 'für meine', 'Das kostet ungefähr', 'ein'],
  ].filter(text => text !== 'Trag bitte ein' && text !== 'ein'),
)('"%s" goes on', text => {
  expect(trailsOff(text, german)).toBe(true)
})

test.each([
  // A half of the verb or a pronoun ends many German sentences.
  ...[
    'Ruf mich an',
    'Trag das bitte ein',
    'Können Sie das eintragen',
    'Mach das aus',
    'Ich komme mit',
    'Hören Sie auf',
  ],
  ...['Kann ich', 'Was muss ich', 'Wo bin ich', 'Weißt du, wie die Nummer ist', 'Wann der Termin ist', 'Ich nehme die'],
  ...[
    'Was ist das',
    'Das ist es',
    'Gib mir das',
    'Ja',
    'Nein',
    'Danke sehr',
    'Wer ist da',
    'Worum geht es',
    'Gern',
    'sechs',
  ],
  ...['Was steht heute an', 'Und du', 'auch ich', 'Was haben Sie vor', 'Lies mir die Liste vor', 'Streich das durch'],
  ...[
    'Termin bitte',
    'Eher nächste Woche',
    'Dann Dienstag um vierzehn Uhr',
    'Ich brauche einen Termin',
    'Ich habe keine',
  ],
  ...[
    'Es geht um meine Rechnung',
    'Nein, eine andere Nummer',
    'Kaufen Sie Milch ein',
    'Schreib mir das auf',
    'Den ersten bitte',
  ],
])('"%s" is whole', text => {
  expect(trailsOff(text, german)).toBe(false)
})

test.each([
  ['Wie ist Ihre Telefonnummer?', { kind: 'number', lengths: [] }],
  ['Nennen Sie mir bitte Ihre Postleitzahl.', { kind: 'number', lengths: [5] }],
  ['Bitte tippen oder sagen Sie Ihre PIN.', { kind: 'number', lengths: [4] }],
  ['Sagen Sie mir die letzten vier Ziffern.', { kind: 'number', lengths: [4] }],
  ['Wie lautet Ihre Kartennummer?', { kind: 'number', lengths: [16] }],
  ['Unter welcher Nummer erreichen wir Sie?', { kind: 'number', lengths: [] }],
  ['Wie ist Ihr Name?', { kind: 'details' }],
  ['Können Sie das bitte buchstabieren?', { kind: 'details' }],
  ['Wie lautet Ihre E-Mail-Adresse?', { kind: 'details' }],
  ['Ist das richtig?', { kind: 'yes or no' }],
  ['Soll ich das für Sie eintragen?', { kind: 'yes or no' }],
  ['Möchten Sie noch etwas?', { kind: 'yes or no' }],
  ['Passt Ihnen Montag?', { kind: 'yes or no' }],
  ['Möchten Sie Montag oder Dienstag?', { kind: 'anything' }],
  ['Können Sie mir das genauer erklären?', { kind: 'anything' }],
  ['Was kann ich für Sie tun?', { kind: 'anything' }],
  ['Worum geht es?', { kind: 'anything' }],
  ['Das ist eingetragen.', { kind: 'anything' }],
])('"%s" wants %j', (asked, wanted) => {
  expect(wantedBy(asked, german)).toEqual(wanted)
})

test.each([
  ['vier zwei sieben eins', '4271'],
  ['Vier, zwo, sieben, eins.', '4271'],
  ['zweiundvierzig einundsiebzig', '4271'],
  ['Das ist die zwölf vierunddreißig.', '1234'],
  ['doppel null sieben eins', '0071'],
  ['zweimal die fünf, dreizehn', '5513'],
  ['dreissig vierzig', '3040'],
  ['null eins hundertzweiundfünfzig', '01152'],
  ['4 2 7 1', '4271'],
  ['fünfzig drei', '53'],
  ['Weiß ich nicht.', ''],
])('"%s" has the digits "%s"', (text, digits) => {
  expect(spokenDigits(text, german)).toBe(digits)
  expect(digitsIn(text, german)).toBe(digits.length)
})

test.each([
  ...[
    'Tschüss!',
    'Tschüs',
    'tschö',
    'Servus',
    'Auf Wiederhören.',
    'Auf Wiedersehen!',
    'Wiederhören',
    'Bis später',
    'Ciao',
  ],
  ...[
    "Mach's gut",
    'Bis dann, tschüss',
    'okay danke tschüß',
    'Das wars. Danke. Tschüss.',
    "Das war's, danke.",
    'bis bald',
  ],
  ...[
    'Nein danke, auf Wiederhören.',
    'Alles klar, danke, Wiederhören.',
    'Das ist alles, vielen Dank.',
    'nein, sonst nichts',
  ],
  ...[
    'Danke, schönen Tag noch!',
    "Das wär's für heute.",
    'Vielen Dank, auf Wiederhören!',
    'Schönen Abend noch.',
    'Das reicht, danke.',
  ],
])('"%s" takes leave', text => {
  expect(takesLeave(text, german)).toBe(true)
})

test.each([
  ...[
    'Ist das alles?',
    'Was ist alles fällig?',
    'War das alles für heute?',
    'Danke',
    'Guten Tag',
    'Hallo',
    'Das ist gut.',
  ],
  ...['Trag ein: Tschüss sagen zu Anna', 'bis Freitag', 'Das ist alles falsch.', 'Wann sehen wir uns wieder'],
])('"%s" does not', text => {
  expect(takesLeave(text, german)).toBe(false)
})

test.each([
  ...[
    'Ich will mit einem Mitarbeiter sprechen.',
    'Kann ich bitte mit einem Menschen sprechen?',
    'Verbinden Sie mich bitte.',
  ],
  ...[
    'Können Sie mich bitte mit einem echten Menschen verbinden?',
    'Ich möchte mit jemandem reden.',
    'mit der Zentrale verbinden',
  ],
  ...['Stellen Sie mich bitte durch.', 'Ich möchte einen Mitarbeiter sprechen', 'Kann ich jemanden sprechen?'],
])('"%s" asks for a person', text => {
  expect(asksForPerson({ ...emptyUtterance(0), finalWords: text }, german)).toBe(true)
})

test.each([
  'Ein Tisch für eine Person.',
  'Ich spreche mit dem Chef am Montag.',
  'Sprich langsamer.',
  'Ist da ein Mensch?',
])('"%s" does not ask for one', text => {
  expect(asksForPerson({ ...emptyUtterance(0), finalWords: text }, german)).toBe(false)
})
