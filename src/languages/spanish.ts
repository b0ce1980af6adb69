import type { Language } from '../conversation/language.ts'
import { requestsFrom } from './other-languages.ts'
import {
  anyOf,
  beginsWithAny,
  endsWithAny,
  exactly,
  onlyOf,
  onlyOfBeginning,
  saysAny,
  wordsOf,
} from './phrase-patterns.ts'
import { inWords } from './spanish-speech/in-words.ts'
import { cardinal } from './spanish-speech/number-words.ts'

/** "Sí" and "si" are one word here: recognisers write both. So are other words that only an accent tells apart. */
const UNFINISHED = `y e o u ni pero porque que aunque mientras cuyo cuya sino
  de del a al en con por para sin entre hasta desde hacia contra mediante durante según
  un una unos unas el la los las mi tu su mis tus sus nuestro nuestra nuestros nuestras este
  yo muy tan cada algún ningún casi unas aproximadamente
  me te se le les lo eh em ehm mm hm pues entonces como donde cuando quizá quizás`
const NEVER_LAST = 'y e de del al con un el los las mi su sus nuestro nuestra eh em ehm muy cada'

const ASKING = `qué|que|quién|quien|quiénes|cuál|cual|cuáles|cuánto|cuanto|cuántos|cuánta|cuántas|cuándo|cuando|dónde|donde|adónde|cómo|como|por qué|para qué|a qué|de qué|con quién`
const QUESTION_WORDS =
  'qué|quién|quiénes|cuál|cuáles|cuánto|cuántos|cuánta|cuántas|cuándo|dónde|cómo|por qué|a qué|de qué'
const AUXILIARY = `es|son|era|eran|está|esta|están|estaba|hay|había|he|has|ha|han|puedo|puede|puedes|pueden|podría|podrías|debo|debe|tengo|tiene|tienes|tienen|quiere|quieres|va|vas|van|sería|fue|necesito|necesita|cree|crees|sabe|sabes|le|te|me`

const DIGIT_NAMES = 'cero uno dos tres cuatro cinco seis siete ocho nueve'.split(' ')
const WORDS_OF_TENS =
  'diez once doce trece catorce quince veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa'
const HUNDREDS =
  'cien ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos novecientos'
const LEAST_GROUP = 10
const MOST_ONE_WORD = 29

/** "veintitrés" → 23, "seiscientos" → 600, also without their accents. */
function* groupNames(): Generator<[string, string]> {
  const one = [...Array(MOST_ONE_WORD + 1).keys()].slice(LEAST_GROUP)
  const round = [30, 40, 50, 60, 70, 80, 90, 200, 300, 400, 500, 600, 700, 800, 900]
  for (const value of [...one, ...round]) {
    const name = cardinal(String(value))
    for (const other of new Set([name, name.normalize('NFD').replace(/\p{M}/gu, '')])) yield [other, String(value)]
  }
  yield ['cien', '100']
  yield ['ciento', '100']
}

const NUMBERS = 'dos|tres|cuatro|cinco|seis|siete|ocho'
const PARTICLES = '(?:(?:por favor|ya|ahora|nomás|también) )*'
const VOWELS: Readonly<Record<string, string>> = { a: '[aá]', e: '[eé]', i: '[ií]', o: '[oó]', u: '[uú]' }
const HARD: Readonly<Record<string, string>> = { c: '(?:c|qu)', g: '(?:g|gu)', z: '(?:z|c)' }

/** The stem of a verb with and without the accent that "bórralo" has, and as "marque" has it. */
function stemPattern(verb: string): string {
  const stem = verb.replace(/(?:amos|emos|ar|er|ir|o|a|e)$/, '')
  const accented = [...stem].map(letter => VOWELS[letter] ?? letter).join('')
  return accented.replace(/[cgz]$/, last => HARD[last] ?? last)
}

/**
 * The question begins with its verb, "¿Borro «Comprar leche»?" or "¿Borrar estas dos tareas?", which callers answer with a
 * form of it: "bórrala", "sí, borrar", "bórrelas todas".
 */
function ownVerb(question: string): RegExp {
  const stem = stemPattern(question.split(' ')[0] ?? '')
  const isSeveral = new RegExp(`(?<=^| )est[ao]s (?:${NUMBERS})(?= |$)`).test(question)
  const all = `(?:a )?(?:tod[ao]s|amb[ao]s|tod[ao]|l[ao]s (?:${NUMBERS}))(?: ellas| ellos)?`
  const told = `${stem}(?:a|e|o|en?|ar|er|ir|á|é)(?:me|nos)?(?:l[aoe]s?)?`
  const which = isSeveral ? `(?: ${all}| est[ao]s| es[ao]s)?` : '(?: (?:est[aeo]|es[aeo]|la|lo))?'
  const several = isSeveral ? `|${all}` : ''
  return new RegExp(`(?<=^| )(?:(?:l[ao]s? )?(?:puedes? |quiero )?${told} ?${PARTICLES}${which}${several})(?= |$)`, 'u')
}

/** What ends a call, or an order in it, as alternatives of a pattern. */
const ENOUGH =
  '(?:eso|esto) (?:es|era|ser[ií]a) todo|(?:con eso|ya) es todo|es todo|nada m[aá]s|ya est[aá]|con eso (?:basta|est[aá])'
/** What ends a call. */
const LEAVES = [
  'adi[oó]s|hasta (?:luego|pronto|ma[ñn]ana|la vista|la pr[oó]xima|otra|ahora|entonces)|chau|chao|bye',
  'nos vemos(?: (?:luego|pronto|m[aá]s tarde|ma[ñn]ana))?|que (?:tenga|tengas|pase|pases) (?:un )?(?:muy )?buen[ao]? (?:d[ií]a|tarde|noche|fin de semana)',
  ENOUGH,
  'buen d[ií]a|buenas noches',
].join('|')
/** What may still come behind it. */
const AFTER_LEAVE =
  'gracias|muchas gracias|mil gracias|much[ií]simas gracias|muy amable|por ahora|por hoy|de momento|por el momento|entonces|a usted|a ti|ya|se[ñn]orita|pues|igualmente'

/** Whom callers ask for. */
const SOMEBODY =
  '(?:(?:un|una|el|la|alg[uú]n|alguna|otra|otro) )?(?:persona|humano|humana|agente|asesor|asesora|operador|operadora|representante|empleado|empleada|encargado|encargada|supervisor|supervisora|alguien|compa[ñn]ero|compa[ñn]era|recepci[oó]n|atenci[oó]n al cliente)'

/** Spanish, as callers and agents speak it on the telephone. docs/languages.md names where its lists come from. */
export const spanish: Language = {
  code: 'es',
  pressed: 'pulsado',

  overlap: {
    backChannel: onlyOfBeginning(
      `m+, m+h[mu]+, h+m+, hum, aj[aá], aj[aá]m, ah, oh, s[ií], ya, ya veo, claro, vale, ok, okay, okey, bien,
      muy bien, est[aá] bien, qu[eé] bien, qu[eé] bueno, exacto, exactamente, eso, eso es, as[ií] es, correcto, perfecto,
      genial, de acuerdo, entiendo, entendido, comprendo, bueno, por supuesto, desde luego, cierto, es cierto, es verdad,
      verdad, de verdad, en serio, estupendo, fenomenal, listo, dale, [aá]ndale, [oó]rale, anda, venga, fant[aá]stico,
      excelente, buen[ií]simo, naturalmente, efectivamente, desde ya`,
      'muy, de, as[ií], por, est[aá], es, qu[eé], en, desde',
    ),
    undecided: exactly('muy, de, as[ií], por, est[aá], es, qu[eé], en, desde'),
  },

  agreement: {
    hesitation: saysAny('eh+, e+m+, este, pues, oh, ah, ay, uy, y, entonces, o sea, a ver, mira, mire', 'gu'),
    yes: onlyOf(
      `s[ií], sip, claro, claro que s[ií], por supuesto, por supuesto que s[ií], desde luego, desde luego que s[ií], vale, ok,
      okay, okey, oki, dale, venga, adelante, correcto, exacto, exactamente, precisamente, eso, eso es, eso mismo, as[ií] es,
      es as[ií], efectivamente, en efecto, cierto, es cierto, es verdad, de acuerdo, estoy de acuerdo, conforme, est[aá] bien,
      muy bien, bien, me parece, perfecto, genial, estupendo, excelente, fenomenal, fant[aá]stico,
      buen[ií]simo, bueno, por favor, porfa, gracias, muchas gracias, seguro, segur[ao] que s[ií], estoy segur[ao], sin duda,
      sin dudas, sin problema, sin falta, c[oó]mo no, por qu[eé] no, hazlo, h[aá]galo, hacelo, hag[aá]moslo, listo,
      [aá]ndale, [oó]rale, sim[oó]n, obvio, obviamente, lo confirmo, confirmo, confirmado, afirmativo, con gusto,
      con mucho gusto, suena bien, que s[ií], digo que s[ií], definitivamente, absolutamente, totalmente, ciertamente,
      naturalmente, indudablemente, se[ñn]or, se[ñn]ora, se[ñn]orita, ya`,
    ),
    beginsWithYes: beginsWithAny('s[ií], claro, vale, ok, okay, dale, por supuesto'),
    courtesy: onlyOf(
      `por favor, porfa, gracias, muchas gracias, perfecto, genial, estupendo, excelente, fenomenal, bien, muy bien, bueno,
      ya, listo, se[ñn]or, se[ñn]ora, se[ñn]orita`,
    ),
    no: saysAny(
      `(?<!(?:c[oó]mo|por qu[eé]) )no, nop, nah, nones, nunca, jam[aá]s, tampoco, nada, ni, negativo, incorrecto, falso, para, pare,
      alto, espera, espere, esp[eé]rate, esp[eé]rese, esp[eé]ra?me, un momento, momento, momentito, segundo, cancela,
      cancele, c[aá]nc[eé]l[ae]\\p{L}*, cancelar, deja, deje, d[eé]j[ae]\\p{L}*, dejar, (?<!a lo )mejor, prefiero, preferir[ií]a,
      olv[ií]d[ae]\\p{L}*, todav[ií]a, a[uú]n, ning[uú]n, ninguna, ninguno, en vez, en lugar, m[aá]s bien, equivocado,
      equivocada, sin embargo, salvo, (?<!m[aá]s o )menos, excepto, s[oó]lo, solamente, conserva\\p{L}*, mant[eé]n\\p{L}*, guarda\\p{L}*, luego,
      despu[eé]s, m[aá]s tarde, detente, basta`,
    ),
    unsure: new RegExp(
      `^(?:${anyOf(`eh+, m+, m+h[mu]+, h+m+, aj[aá], aj[aá]m, qu[eé], c[oó]mo, c[oó]mo dice, c[oó]mo dices, c[oó]mo dijo, perd[oó]n, perdone, perdona,
        disculpe, disculpa, mande, qu[eé] dice, qu[eé] dices, qu[eé] dijo, otra vez, otra vez por favor, repita, repite,
        rep[ií]telo, rep[ií]talo, puede repetir, puedes repetir, puede repetirlo, me lo repite, me repite, quiz[aá], quiz[aá]s, tal vez,
        a lo mejor, puede ser, puede, puede que s[ií], creo que s[ií], yo creo que s[ií], eso creo, supongo, supongo que s[ií],
        me imagino, imagino que s[ií], depende, cu[aá]l, cu[aá]les, qui[eé]n, probablemente, posiblemente, seguramente, m[aá]s o menos, da igual,
        me da igual, como quiera, como quieras, aparentemente, generalmente, algunas veces, dudo, lo dudo`)}(?: |$))*$`,
      'u',
    ),
    ownVerb,
    doIt: 'hazlo',
  },

  unfinished: {
    lastWords: wordsOf(UNFINISHED),
    thinking: endsWithAny(
      `(?:un |una )?(?:momento|momentito|momentico|segundo|segundito|minuto|minutito|ratito)(?: por favor)?, (?:vamos )?a ver,
      (?:d[eé]ja|d[eé]je|deja|deje)me (?:lo )?(?:ver|pensar|mirar|buscar|revisar|checar|comprobar|consultar|verificar|verlo|pensarlo|mirarlo),
      (?:tengo|tendr[ií]a) que (?:pensar|mirar|ver|buscar|comprobar|pensarlo|mirarlo|verlo), lo (?:miro|busco|compruebo|reviso), voy a (?:ver|mirar|buscar|comprobar),
      espera, espere, esp[eé]rate, esp[eé]rese, esp[eé]ra?me, esp[eé]re?me, c[oó]mo era, c[oó]mo se dice, c[oó]mo se llamaba, no cuelgue, no cuelgues, no se retire`,
    ),
    correcting: new RegExp(
      `^(?:${anyOf('no, eh, ah, ay, uy, bueno, espera, espere, perd[oó]n, perdona, perdone')} )*${anyOf(
        `perd[oó]n, perdona, perdone, digo, quiero decir, quise decir, quer[ií]a decir, mejor dicho, me equivoqu[eé], corrijo,
        espera, espere, miento, o sea`,
      )}$`,
      'u',
    ),
    naming:
      /(?<=^| )(?:(?:mi|mis|el|la|los|las|su|sus|nuestro|nuestra) [\p{L} ]+ (?:es|son|era|eran|ser[ií]a)|me llamo|se llama|soy|habla)$/u,
    butWhole: new RegExp(
      [
        // "No sé cuál es", "dígame cuántas son", "no me acuerdo de cómo era".
        `(?<=^| )(?:${ASKING}|si|lo que) (?:.* )?(?:es|son|era|eran|sería|se llama|soy|habla)$`,
        `(?<=^| )(?:soy|y|como|que|tampoco|también|sólo|solo|ni|menos|excepto|entre tú y|no|quién|hago|hablo|puedo|debo) yo$`,
        `(?<=^| )(?:a la|es la|la|sobre la|hasta la|desde la|hacia la|de la|solo|sólo|sólo hay|solo hay|queda|tengo|quiero|dame|deme|otra) una$`,
        `(?<=^| )(?:quiero|prefiero|es|dame|deme|elijo|borra|borre|cambia|marca|con|en|por|para|a|de|solo|sólo) este$`,
        `(?<=^| )(?:para|a|de|por|sin|sobre|contra|en) m[ií]$`,
        `(?<=^| )(?:para|a|de|por|sin|con) (?:tu|tú)$`,
        `(?<=^| )(?:y|soy|eres|es) (?:tu|tú|el|él)$`,
        `(?<=^| )(?:pues|y|por eso) (?:entonces|no)$|(?<=^| )(?:hasta|desde|por aquel|nos vemos|para|ya|vale|pues) entonces$`,
        `^(?:para|sobre|entre|según|como|cuando|donde|quizá|quizás|hasta cuando|desde cuando|y donde|y como|y cuando|el para)$`,
        `(?<=^| )(?:no|sí|ah) pues$|(?<=^| )(?:para|por|a|de|con) qué$|(?<=^| )(?:pon|pongo|busca|hazme|apúntame)(?:lo|la)$`,
        `(?<=^| )(?:desde|hasta|para|de) (?:cuando|cuándo|donde|dónde)$|(?<=^| )(?:sabe|sé|se|dime|diga|dígame|y|pero|así) (?:como|cómo|cuando|cuándo|donde|dónde)$|(?<=^| )(?:no|ya|tampoco|yo) (?:lo )?s[eé]$`,
        `(?<=^| )(?:dice|diga|d[ií]gas?|da|dé|den) (?:me|te|se|le|les|lo)$(?!.)`,
        `(?<=^| )(?:quizás|tal vez) (?:sí|no)$|(?<=^| )el porque$`,
      ].join('|'),
      'u',
    ),
    neverLast: wordsOf(NEVER_LAST),
  },

  wanted: {
    asks: saysAny(
      `qu[eé], cu[aá]l, cu[aá]les, cu[aá]ntos?, cu[aá]ntas?, c[oó]mo, dime, dices, dice, decir, decirnos, decirle, diga, d[ií]game, digas, da, dame, deme, d[eé], das, indica, indique, ind[ií]quenos, ind[ií]queme,
      deletrea\\p{L}*, deletree\\p{L}*, marca, marque, pulsa, pulse, teclea, teclee, introduce, introduzca, ingrese, ingresa,
      necesito, necesitamos, decirme, darme, darnos, facilitar\\p{L}*, escriba, escribe`,
    ),
    counted: /(?<=^| )(\p{L}+|\d+) (?:d[ií]gitos|cifras|n[uú]meros)(?= |$)/u,
    knownNumbers: [
      [/(?<=^| )(?:tel[eé]fono|m[oó]vil|celular)(?= |$)/u, [9, 10]],
      [/(?<=^| )tarjeta(?= |$)/u, [16]],
      [/(?<=^| )c[oó]digo postal(?= |$)/u, [5]],
      [/(?<=^| )(?:pin|clave secreta|n[uú]mero secreto)(?= |$)/u, [4]],
    ],
    details: saysAny(
      `correo, e ?mail, direcci[oó]n, domicilio, nombres?, apellidos?, deletrea\\p{L}*, deletree\\p{L}*, fecha de nacimiento,
      cumplea[ñn]os, llamas, llama`,
    ),
    number: saysAny(
      'n[uú]meros?, c[oó]digo, cifras?, d[ií]gitos?, referencia, cuenta, p[oó]liza, expediente, dni, nif, clave',
    ),
    opensWithVerb:
      /^(?:(?:y|o|pues|entonces|bueno|bien|vale|perfecto|genial|ok|okay|de acuerdo|muy bien) )*(?:(?:me|te|le|se|les|nos|lo|la) )?(?:es|son|era|está|están|hay|ha|has|he|han|puedo|puede|puedes|podemos|podría|podrías|quiere|quieres|quisiera|desea|deseas|tiene|tienes|necesita|necesitas|debo|va|vas|sería|fue|cree|crees|sabe|sabes|prefiere|prefieres|confirma|confirmas|borro|marco|cambio|añado|apunto|anoto|parece|viene|importa|sirve|gustaría|cancelo|reservo|llamo|hago|pongo|envío|mando|quedamos|seguimos|lo) /u,
    open: /^(?:\p{L}+ ){0,6}(?:puede|puedes|podr[ií]a|podr[ií]as|quiere|quieres) (?:\p{L}+ ){0,6}?(?:decir|decirme|dar|darme|indicar|indicarme|explicar|explicarme|repetir|repetirme|repetirlo|describir|deletrear|deletrearme|deletrearlo|contar|contarme)(?= |$)|(?<= )[ou](?= )|^(?:\p{L}+ ){0,6}(?:me|nos) (?:da|das|dice|dices|deletrea|deletreas|repite|repites|indica|cuenta|cuentas)(?= )/u,
  },

  digits: {
    names: new Map(DIGIT_NAMES.map((name, digit): [string, string] => [name, String(digit)])),
    namesInSecrets: new Map([
      ['un', '1'],
      ['una', '1'],
      ['o', '0'],
    ]),
    times: new Map([
      ['doble', 2],
      ['triple', 3],
    ]),
    groups: new Map(groupNames()),
    between: new Set(['y']),
    counts:
      /(?<!\p{L})(?:primer[ao]s|siguientes|próxim[ao]s|últim[ao]s|otr[ao]s) (?:dos|tres|cuatro|cinco|seis|ocho|[2-68])(?![\p{L}\d])|(?<!\p{L})(?:dos|tres|cuatro|cinco|seis|ocho|dieciséis|[2-68]|16) (?:primer[ao]s|siguientes|últim[ao]s|dígitos|números|cifras)(?!\p{L})/gu,
  },

  requests: {
    takesLeave: new RegExp(`(?<=^| )(?:${LEAVES})(?: (?:${AFTER_LEAVE}))*$`, 'u'),
    isEnough: new RegExp(`(?<=^| )(?:${ENOUGH})(?: (?:${AFTER_LEAVE}))*$`, 'u'),
    asks: beginsWithAny(`${AUXILIARY.replaceAll('|', ', ')}, ${QUESTION_WORDS.replaceAll('|', ', ')}`),
    person: saysAny(
      `hablar con ${SOMEBODY}, hable con ${SOMEBODY}, (?:p[aá]s[ae]|p[aá]s[ae]me|comun[ií]qu[ei]?\\p{L}*|con[eé]ct[ae]\\p{L}*|comunicar|comunicarme|pon|ponme|p[oó]ngame|transfi[eé]r[ae]\\p{L}*|poner) (?:\\p{L}+ )?con ${SOMEBODY},
      (?:atienda|atender|atienden|atiende) ${SOMEBODY}, (?:necesito|quiero|p[aá]same|p[aá]seme) (?:a )?(?:un|una) (?:persona|humano|agente|asesor|asesora|operador|operadora|representante|supervisor)(?: real| humano| humana)?,
      atenci[oó]n humana, persona real`,
    ),
    declines:
      /^(?:(?:eh+|pues|bueno|ay|perdón|perdon|lo siento|mire|oiga) )*(?:no|no gracias|no quiero(?: (?:darlo|darla|dárselo|dársela|darselo|darsela|decirlo|hacerlo|dar la tarjeta|dar mi tarjeta))?|(?:no )?prefiero no(?: (?:darlo|darla|decirlo|hacerlo))?|prefiero que no|no (?:la|lo) (?:quiero dar|doy|voy a dar)|no (?:la |lo )?tengo(?: (?:ninguna|otra|más|mas|tarjeta|una|la tarjeta|aquí|aqui|a mano|conmigo))*|cancele?(?:lo)?|déjelo|dejelo|déjalo|dejalo|olvídelo|olvidelo|por teléfono no|por telefono no|he cambiado de idea)(?: (?:gracias|por favor))*$/,
    languages: requestsFrom('es'),
  },

  cuts: {
    sentence: /[.!?…:;]["'”’»)\]*_`]*\s$/,
    abbreviation:
      /(?<![\p{L}\p{N}'’])(?:\p{L}|sr|sra|srta|sres|dr|dra|prof|lic|ing|ud|uds|vd|vds|dña|etc|ej|aprox|máx|mín|tel|tfno|avda|av|pza|ctra|dpto|depto|izq|dcha|incl|cía|hnos|ee|uu|jj|oo|rr|hh|vs|col|edif|urb|prov|ene|feb|abr|may|jun|jul|ago|sept?|oct|nov|dic|lun|mié|jue|vie|sáb|dom)\.["')\]]*\s$/iu,
    beforeNumber: /(?<![\p{L}\p{N}])(?:núm|nro|no|n|págs?|p|art|cap|vol|fig|hab|apto|ext|km)\.\s$/iu,
    ordered: new Set(),
    clause: /[,–—]\s$/,
    opensPhrase: wordsOf(
      `y pero o porque que cuando si donde mientras aunque para con desde hasta sin sobre entre después antes según por`,
    ),
    numberGoesOn: new RegExp(
      `(?:\\d\\S*|(?<!\\p{L})(?:${[WORDS_OF_TENS, HUNDREDS, ...DIGIT_NAMES].join(' ').split(/\s+/).join('|')}|veinti\\p{L}+|dieci\\p{L}+|mil|millón|millones|euros?|dólares|pesos|céntimos))\\s(?:y|o|con|por|sobre)\\s$`,
      'iu',
    ),
    address:
      /(?<!\p{L})(?:calle|avenida|avda\.|av\.|plaza|pza\.|paseo|carretera|camino|c\/)\s?(?:[\p{L}\d.'’ºª-]+,?\s){1,5}$/iu,
  },

  inWords,
}
