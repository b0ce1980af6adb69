import { expect, test } from 'vitest'
import { spokenDigits } from '../../src/conversation/secret/spoken-digits.ts'
import { agreementIn } from '../../src/conversation/turn/agreement.ts'
import { judgeOverlap } from '../../src/conversation/turn/overlap.ts'
import { trailsOff } from '../../src/conversation/turn/patience.ts'
import { asksForPerson, takesLeave } from '../../src/conversation/turn/requests.ts'
import { emptyUtterance } from '../../src/conversation/turn/utterance.ts'
import { digitsIn, wantedBy } from '../../src/conversation/turn/wanted.ts'
import { spanish } from '../../src/languages/spanish.ts'

const QUESTION = '¿Borro «Comprar leche», para el lunes?'
const SEVERAL = '¿Borro estas tres tareas?'
const overlap = (words: string) => judgeOverlap(words, 'Su primera tarea es hacer la declaración.', spanish)

test.each([
  // Of chat bots' lists for "affirm", and of recorded and written calls.
  ...[
    'sí',
    'si',
    'Sip',
    'por supuesto',
    'suena bien',
    'correcto',
    'Sí, perfecto.',
    'Sí vale',
    'está bien',
    'dale',
    'ok',
  ],
  ...[
    'efectivamente',
    'claro',
    'Claro que sí.',
    'cierto',
    'definitivamente',
    'sí sí',
    'Sí, sí, por favor.',
    'vale, ok',
  ],
  ...[
    'de acuerdo',
    'en efecto',
    'sin duda',
    'exactamente',
    'precisamente',
    'con gusto',
    'con mucho gusto',
    'absolutamente',
  ],
  ...[
    '¿Por qué no?',
    'cómo no',
    'Pues sí.',
    'Bueno, sí.',
    'Eh, sí, sí.',
    'Adelante',
    'Venga, vale',
    'Listo, sí',
    'órale',
  ],
  ...[
    'Sí, bórrala.',
    'Bórralo.',
    'Bórrela, por favor.',
    'sí, borrar',
    'Borra',
    'Sí, borra esa.',
    'Hazlo',
    'Sí, hágalo',
  ],
  ...[
    'así es',
    'sí señor',
    'sin problema',
    'naturalmente',
    'lo confirmo',
    'Sí, gracias.',
    'me parece bien',
    'bueno sí',
  ],
])('"%s" agrees', text => {
  expect(agreementIn(text, QUESTION, spanish)).toBe('yes')
})

test.each([
  'Sí, todas.',
  'Las tres.',
  'Sí, bórralas.',
  'Bórrelas todas',
  'borra todas',
  'todas, por favor',
  'sí, las tres',
])('"%s" agrees to several changes', text => {
  expect(agreementIn(text, SEVERAL, spanish)).toBe('yes')
})

test.each(['solo la primera', 'todas menos la segunda', 'las dos primeras', 'sí, pero solo una'])(
  '"%s" does not agree to several changes',
  text => {
    expect(agreementIn(text, SEVERAL, spanish)).not.toBe('yes')
  },
)

test('"todas" does not agree to a question about one', () => {
  expect(agreementIn('todas', QUESTION, spanish)).not.toBe('yes')
})

test.each([
  ...[
    'no',
    'No, gracias.',
    'nunca',
    'jamás',
    'no lo creo',
    'no realmente',
    'ni hablar',
    'de ninguna manera',
    'nop',
    'nah',
  ],
  ...['Espera, mejor mañana', 'Espere.', 'sí, no, espera', 'un momento', 'déjala', 'Déjelo así.', 'mejor no', 'Para.'],
  ...['no la borres', 'sí, pero no esa', 'prefiero que no', 'olvídalo', 'cancela', 'todavía no', 'negativo', 'no sé'],
  ...['en lugar de eso cámbiala', 'No, no tengo problema.', 'aún no', 'más bien cámbiala', 'nada', 'sí, luego'],
])('"%s" does not', text => {
  expect(agreementIn(text, QUESTION, spanish)).toBe('no')
})

test.each([
  ...['¿qué?', '¿Cómo?', '¿Perdón?', '¿cuál?', 'eh', 'mm', 'Ajá.', 'quizás', 'tal vez', 'a lo mejor', 'puede ser'],
  ...[
    'Creo que sí.',
    'supongo',
    'gracias',
    'Muchas gracias.',
    'Perfecto, gracias.',
    'por favor',
    'depende',
    'me da igual',
  ],
  ...['¿Mande?', '¿Me lo repite?', 'eso creo', 'bueno', 'ya', 'más o menos', 'Disculpe', 'otra vez, por favor'],
])('"%s" is unclear', text => {
  expect(agreementIn(text, QUESTION, spanish)).toBe('unclear')
})

test.each([
  ...[
    'sí y añade pan',
    '¿qué hay para hoy?',
    'la otra',
    'el viernes',
    'sí, la otra',
    'borra la otra',
    'Hoy a las doce',
  ],
  ...['Me duele la muela', 'Este mismo desde el que llamo', 'soy yo', 'el seis ocho cuatro', 'sí, soy yo mismo'],
])('"%s" is no yes', text => {
  expect(agreementIn(text, QUESTION, spanish)).not.toBe('yes')
})

test.each([
  ['Sí, márcala.', '¿Marco «Comprar leche» como hecha?', 'yes'],
  ['Márquela, por favor.', '¿Marco «Comprar leche» como hecha?', 'yes'],
  ['Sí, cámbiala.', '¿Cambio «Comprar leche»?', 'yes'],
  ['Sí, cancélala.', '¿Cancelo la reserva?', 'yes'],
  ['Cancélala.', '¿Cancelo la reserva?', 'no'],
  ['Sí, pero cancélala.', '¿Borro la reserva?', 'no'],
  ['Sí, hazlo.', '¿Cambio la reserva?', 'yes'],
] as const)('"%s" to "%s" is %s', (text, question, agreement) => {
  expect(agreementIn(text, question, spanish)).toBe(agreement)
})

test.each([
  // What listeners say in task dialogues and calls: "hum, sí, vale, ya, bien, exacto".
  ...[
    'hum',
    'sí',
    'vale',
    'ya',
    'bien',
    'exacto',
    'claro',
    'ajá',
    'Claro, claro.',
    'Ya, ya.',
    'Sí, sí, sí.',
    'mhm',
    'ok',
  ],
  ...[
    'entiendo',
    'Ya veo.',
    'eso es',
    'así es',
    'correcto',
    'de acuerdo',
    'muy bien',
    'perfecto',
    '¿de verdad?',
    '¿Sí?',
  ],
  ...['dale', 'listo', 'ah, vale', 'Está bien.', 'por supuesto', '¿En serio?', 'genial', 'qué bien', 'ah ya', 'bueno'],
])('"%s" shows listening', words => {
  expect(overlap(words)).toBe('back-channel')
})

test.each(['muy', 'de', 'está', 'por'])('"%s" decides nothing yet', words => {
  expect(overlap(words)).toBe('nothing')
})

test.each([
  ...['no', 'No, esa no.', 'espera', 'un momento', 'pero', 'sí, pero', '¿y la segunda?', 'perdón', 'oiga', 'para'],
  ...[
    '¿Hola?',
    '¿cómo dice?',
    'quiero cambiar una',
    'de eso nada',
    'está mal',
    '¿exactamente quién es usted?',
    'ya no',
  ],
])('"%s" interrupts', words => {
  expect(overlap(words)).toBe('interruption')
})

test.each(
  [
    ...[
      'Quiero pedir una',
      'Eh',
      'pues',
      'Necesito cita para',
      'y',
      'Me llamo',
      'Mi nombre es',
      'mi número es',
      'es que la',
    ],
    ...[
      'pero es que',
      'voy a tener que colgar porque',
      'le llamo de',
      'no sé si',
      'quería saber si',
      'a ver',
      'un momentito',
    ],
    ...[
      'Un momentico',
      'Déjeme ver',
      'Espera',
      'tengo que mirarlo',
      'perdón',
      'no, digo',
      'recuérdame que',
      'con',
      'el lunes a',
    ],
    ...['quiero cambiar la de', 'me gustaría', 'este', 'mi', 'son casi', 'la tarea es', 'un momento por favor', 'yo'],
  ].filter(text => text !== 'me gustaría' && text !== 'no sé si' && text !== 'quería saber si'),
)('"%s" goes on', text => {
  expect(trailsOff(text, spanish)).toBe(true)
})

test.each([
  ...['Quiero pedir una cita nueva', 'Hoy mejor', 'Mañana a las nueve', 'Sí', 'Si', 'No', 'Correcto', 'Soy yo', 'Y yo'],
  ...['¿Y tú?', 'a la una', 'es la una', 'Para mí', 'no sé cuál es', '¿Para qué?', '¿Con quién hablo?', '¿Cuánto es?'],
  ...['Quiero este', 'Nada más', 'Algo más', 'hoy a las dieciséis', '¿Desde cuándo?', 'No lo sé', '¿Cómo se llama?'],
  ...['¿Qué hora es?', 'Dime cuántas son', 'es mi primera vez', 'Ya', 'cámbiala', 'apúntalo', '¿Quién es?', 'el lunes'],
  ...[
    'para una primera visita',
    'me sangra la encía',
    'tengo una muela picada',
    'Hasta entonces',
    'borra las dos',
    'seis',
  ],
])('"%s" is whole', text => {
  expect(trailsOff(text, spanish)).toBe(false)
})

test.each([
  ['¿Me das tu teléfono?', { kind: 'number', lengths: [9, 10] }],
  ['¿Cuál es su número de teléfono?', { kind: 'number', lengths: [9, 10] }],
  ['Dígame el código postal.', { kind: 'number', lengths: [5] }],
  ['Marque o diga su PIN, por favor.', { kind: 'number', lengths: [4] }],
  ['Dígame los últimos cuatro dígitos.', { kind: 'number', lengths: [4] }],
  ['¿Cuál es el número de su tarjeta?', { kind: 'number', lengths: [16] }],
  ['¿Cuál es su número de pedido?', { kind: 'number', lengths: [] }],
  ['¿Me dices tu nombre y apellidos?', { kind: 'details' }],
  ['¿Me puede decir su nombre, por favor?', { kind: 'details' }],
  ['¿Me lo puede deletrear?', { kind: 'details' }],
  ['¿Cómo se llama?', { kind: 'details' }],
  ['¿Es correcto?', { kind: 'yes or no' }],
  ['¿Quiere que la borre?', { kind: 'yes or no' }],
  ['¿Le viene bien el lunes?', { kind: 'yes or no' }],
  ['Perfecto. ¿Está seguro?', { kind: 'yes or no' }],
  ['¿Prefiere hoy o mañana?', { kind: 'anything' }],
  ['¿Me puede explicar el problema?', { kind: 'anything' }],
  ['¿En qué puedo ayudarle?', { kind: 'anything' }],
  ['Ya está apuntado.', { kind: 'anything' }],
])('"%s" wants %j', (asked, wanted) => {
  expect(wantedBy(asked, spanish)).toEqual(wanted)
})

test.each([
  ['cuatro dos siete uno', '4271'],
  ['cuarenta y dos setenta y uno', '4271'],
  ['Sí, mira, es el seis ocho cuatro veintitrés sesenta y uno cuarenta y cinco', '684236145'],
  ['cincuenta y uno, quince, veintisiete', '511527'],
  ['cincuenta y dos, cero dos, ochenta', '520280'],
  ['seiscientos doce treinta y cuatro', '61234'],
  ['veintitres dieciseis', '2316'],
  ['doble cero siete uno', '0071'],
  ['4 2 7 1', '4271'],
  ['treinta cuatro', '34'],
  ['No lo sé.', ''],
])('"%s" has the digits "%s"', (text, digits) => {
  expect(spokenDigits(text, spanish)).toBe(digits)
  expect(digitsIn(text, spanish)).toBe(digits.length)
})

test.each([
  ...[
    'Adiós',
    'adios',
    'hasta luego',
    'Nos vemos luego.',
    'hasta pronto',
    'nos vemos más tarde',
    'chau',
    'Hasta la próxima',
  ],
  ...['Bye', 'nos vemos', 'Eso es todo, gracias.', 'No, eso es todo, gracias.', 'Nada más, gracias.', 'no, nada más'],
  ...[
    'eso es todo, gracias, chau',
    'Gracias, hasta luego.',
    'Bueno, pues nada, hasta luego',
    'Con eso es todo, muchas gracias',
  ],
  ...['Gracias. Adiós.', 'Que tenga buen día', 'no creo, eso es todo, gracias', 'Ya está, gracias', 'Hasta mañana'],
])('"%s" takes leave', text => {
  expect(takesLeave(text, spanish)).toBe(true)
})

test.each([
  ...['¿Es todo?', '¿Hay nada más?', 'gracias', 'Buenos días', 'Hola', 'Todo para hoy', 'hasta el viernes'],
  ...['Eso es todo mentira', 'apunta: decir adiós a Ana', '¿Qué más?', 'muchas gracias', 'está bien'],
])('"%s" does not', text => {
  expect(takesLeave(text, spanish)).toBe(false)
})

test.each([
  ...[
    'Quiero hablar con una persona.',
    'quiero hablar con un asesor',
    'Pásame con una persona real',
    'pasame con alguien',
  ],
  ...[
    '¿Puedo hablar con un humano?',
    'necesito hablar con un agente',
    '¿Me puedes comunicar con un asesor?',
    'necesito una persona',
  ],
  ...[
    'quiero que me atienda una persona',
    'quiero atención humana',
    'Póngame con un operador',
    'hablar con alguien, por favor',
  ],
])('"%s" asks for a person', text => {
  expect(asksForPerson({ ...emptyUtterance(0), finalWords: text }, spanish)).toBe(true)
})

test.each([
  'Una mesa para una persona.',
  'Hablé con Ana el lunes.',
  'Es una persona amable.',
  'Llamar al asesor el martes',
])('"%s" does not ask for one', text => {
  expect(asksForPerson({ ...emptyUtterance(0), finalWords: text }, spanish)).toBe(false)
})
