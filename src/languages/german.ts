import type { Language } from '../conversation/language.ts'
import { MONTHS, ORDERED, SHORT_MONTHS } from './german-speech/dates.ts'
import { inWords } from './german-speech/in-words.ts'
import { cardinal } from './german-speech/number-words.ts'
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

/** Prepositions that are also the end of a verb are left out: "ruf mich an", "das macht nichts aus". */
const UNFINISHED = `und oder aber weil dass wenn ob denn sondern damit obwohl sobald falls indem
  ein eine einen einem einer eines den dem des im am zum zur vom beim ins ans für von bei mein meine meinen meinem
  meiner meines unser unsere unseren unserem unserer dein deine deinen seinen ihrem ihren kein keine keinen
  zwischen wegen gegen ohne seit sowie bzw
  ich wir äh ähm öh öhm ehm hm tja also sehr ganz ungefähr circa etwa vielleicht nämlich jeder jeden`
const NEVER_LAST = 'äh ähm öh öhm ehm hm einen einem mein meinen meinem unser unseren im zum zur vom beim und oder'

const ASKING = `was|wer|wem|wen|wessen|welche[rsnm]?|wo|wohin|woher|wann|warum|wieso|weshalb|wie|womit|wofür|worum|wozu|wieviele?`
const AUXILIARY = `bin|bist|ist|sind|war|waren|wär|wäre|wären|hab|habe|hast|hat|haben|hatte|hatten|hätte|hätten|kann|können|könnte|könnten|muss|müssen|müsste|müssten|soll|sollen|sollte|sollten|will|wollen|darf|dürfen|dürfte|möchte|möchten|werde|wird|werden|wurde|würde|würden|gibt|gehe|geht|mache|macht|machen|heiße|bekomme|bekommen|kriege|brauche|brauchen|weiß|wissen|nehme|nehmen`
/** Verbs whose other half, "ein", ends the sentence: "trag das bitte ein". */
const WITH_EIN = `trag\\p{L}*|schreib\\p{L}*|stell\\p{L}*|kauf\\p{L}*|lad\\p{L}*|lädt|füg\\p{L}*|gib|gibt|geb\\p{L}*|richt\\p{L}*|fällt|fiel|bau\\p{L}*|leg\\p{L}*|nehm\\p{L}*|nimm\\p{L}*|schalt\\p{L}*|steig\\p{L}*|zieh\\p{L}*|plan\\p{L}*|lenk\\p{L}*|tipp\\p{L}*|ruf\\p{L}*`

const PARTICLES = `(?:(?:bitte|mal|kurz|eben|einfach|gleich|doch|schon|jetzt) )*`
const NUMBERS = 'zwei|drei|vier|fünf|sechs|sieben|acht'
const THESE = 'es|das|die|den|dies|diese|diesen|dieses|sie|ihn|ihm|jenes|ihn'

const ONES = ['null', 'eins', 'zwei', 'drei', 'vier', 'fünf', 'sechs', 'sieben', 'acht', 'neun']
const LEAST_GROUP = 10
const MOST_GROUP = 999

/** "dreiundvierzig" → 43, "hundertzwölf" → 112, with "zwo" and as Switzerland writes them. */
function* numberNames(): Generator<[string, string]> {
  for (let value = LEAST_GROUP; value <= MOST_GROUP; value++) {
    const name = cardinal(String(value))
    const shorter = name.startsWith('einhundert') ? [name, name.slice('ein'.length)] : [name]
    for (const one of shorter)
      for (const other of new Set([one, one.replace(/zwei(?!te)/g, 'zwo'), one.replace('ß', 'ss')]))
        yield [other, String(value)]
  }
}

/** The prefixes that leave their verb: "abhaken" is "hak es ab". */
const PREFIX = /^(ab|an|auf|aus|ein|fest|her|hin|los|mit|nach|um|vor|weg|weiter|zu|zurück)(?=\p{L}{4})/u

/**
 * The question's verb stands at its end: "Soll ich Milch kaufen löschen?", "Diese zwei Aufgaben löschen?" Callers say it
 * as it stands, or tell: "lösch es", "löschen Sie die", "hak das ab".
 */
function ownVerb(question: string): RegExp {
  const verb = question.split(' ').at(-1) ?? ''
  const isSeveral = new RegExp(`(?<=^| )diese (?:${NUMBERS})(?= )`).test(question)
  const which = isSeveral
    ? `(?:sie |die )?(?:alle|beide|alles|sämtliche)(?: (?:${NUMBERS}))?|sie|die|diese|es|das`
    : `${THESE}(?: hier)?`
  const prefix = PREFIX.exec(verb)?.[0] ?? ''
  const infinitive = verb.slice(prefix.length)
  const stem = infinitive.replace(/e?n$/, '')
  const end = prefix === '' ? '' : ` ${prefix}`
  const told = `(?:${infinitive} sie|${stem}e?) ${PARTICLES}(?:${which})${end && ` ${PARTICLES}${prefix}`}`
  const plain = `(?:(?:${which}) )?${PARTICLES}${verb}`
  const several = isSeveral ? `|(?:alle|beide|alles)(?: (?:${NUMBERS}))?` : ''
  return new RegExp(`(?<=^| )(?:${told}|${plain}|mach(?:en sie|e)? (?:${which})${several})(?= |$)`, 'u')
}

/** What ends a call, or an order in it, as alternatives of a pattern. */
const ENOUGH = [
  "das (?:war'?s|wär'?s|ist alles|war alles|wäre alles|reicht|war es|wäre es)",
  'nichts (?:weiter|mehr)|sonst nichts|mehr (?:brauche|wollte) ich nicht',
].join('|')
/** What ends a call. */
const LEAVES = [
  "tschüss?|tschüß|tschö|tschau|ciao|bye|servus|ade|mach'?s gut|machen sie'?s gut|schönes wochenende",
  'auf wieder(?:hören|sehen|schauen)|wieder(?:hören|sehen)',
  'bis (?:dann|bald|später|morgen|demnächst|die tage|(?:zum )?nächste[ns] mal)',
  '(?:schönen|guten) (?:tag|abend|nachmittag|feierabend|sonntag) (?:noch|ihnen|dir|wünsche ich)',
  ENOUGH,
].join('|')
/** What may still come behind it. */
const AFTER_LEAVE =
  'danke|vielen dank|danke schön|dankeschön|dann|erst mal|erstmal|soweit|schon|für heute|von mir|auch|bitte|ihnen'

/** Whom callers ask for. */
const SOMEBODY = [
  '(?:(?:einem|einer|einen|eine|der|dem|irgend|ihrem|ihrer) )?(?:(?:echten|richtigen|menschlichen|anderen|echte|richtige) )?(?:menschen|person|mitarbeiter|mitarbeiterin|berater|beraterin|kollegen|kollegin|kundendienst|kundenservice|vermittlung|zentrale|rezeption|sachbearbeiter)',
  '(?:irgend)?(?:jemanden|jemandem|jemand|wen|wem)',
].join(', ')

/** German, as callers and agents speak it on the telephone. docs/languages.md names where its lists come from. */
export const german: Language = {
  code: 'de',
  pressed: 'gedrückt',

  overlap: {
    backChannel: onlyOfBeginning(
      `m+, m+h[mu]+, h+m+, hmhm, aha, ah, ach, ach so, achso, oh, ja, jaja, jo, joa, jep, jap, jup, jawohl, okay, ok, genau, ganz genau, richtig,
      stimmt, das stimmt, klar, na klar, alles klar, ist klar, gut, na gut, sehr gut, super, schön, sehr schön, prima,
      perfekt, toll, verstehe, ich verstehe, verstanden, ich weiß, weiß ich, eben, sicher, aber sicher, aber klar, aber ja, natürlich, gerne, gern, interessant, wirklich, echt,
      cool, wow, soso, in ordnung, passt, das passt, freut mich, wunderbar, klasse, logisch, selbstverständlich, exakt`,
      'ich, das, alles, na, sehr, ganz, in, ist, freut',
    ),
    undecided: exactly('ich, das, alles, na, sehr, ganz, in, ist, freut'),
  },

  agreement: {
    hesitation: saysAny('äh+m*, eh+m*, öh+m*, ach, also, nun, und, ah, oh, dann, mal, einfach, gleich', 'gu'),
    yes: onlyOf(
      `ja, jaja, jo, joa, jep, jap, jup, jawohl, yes, ok, okay, okey, klar, na klar, klaro, na klaro, alles klar, ist klar,
      logisch, na logisch, sicher, aber sicher, ganz sicher, sicherlich, mit sicherheit, natürlich, aber natürlich,
      selbstverständlich, genau, ganz genau, richtig, korrekt, exakt, stimmt, stimmt so, das stimmt, passt, passt so,
      das passt, einverstanden, bin einverstanden, ich bin einverstanden, in ordnung, geht in ordnung, ist in ordnung,
      das ist in ordnung, das geht in ordnung, gern, gerne, sehr gern, sehr gerne, aber gern, aber gerne, aber ja, bitte,
      mach das, mach es, machen sie das, machen sie es, tu das, tu es, tun sie das, tun sie es, mach ruhig,
      machen sie ruhig, nur zu, los, los geht's, auf jeden fall, in jedem fall, unbedingt, absolut, definitiv, gut, na gut,
      sehr gut, super, prima, perfekt, wunderbar, toll, das ist richtig, das ist korrekt, ist richtig, ist korrekt,
      so ist es, so ist's, freilich, doch, danke, danke schön, danke sehr, dankeschön, vielen dank,
      hört sich gut an, das hört sich gut an, klingt gut, das klingt gut, das wäre gut, das wäre nett, das wäre super,
      von mir aus, meinetwegen, da bin ich sicher, ich bin sicher, ich bin mir sicher, so machen wir's, so machen wir das,
      machen wir so, machen wir`,
    ),
    beginsWithYes: beginsWithAny('ja, jaja, jo, jep, jap, jawohl, klar, sicher, okay, ok'),
    courtesy: onlyOf(
      'bitte, danke, danke schön, danke sehr, dankeschön, vielen dank, super, prima, perfekt, toll, wunderbar, gut',
    ),
    no: saysAny(
      `nein, nee, ne, nö, nönö, nix, nicht, nichts, nie, niemals, kein\\p{L}*, nope, stopp?, halt, abbrechen,
      brech\\p{L}*, brich, abgebrochen, wart\\p{L}*, moment, momentchen, sekunde, lass\\p{L}*, lieber, stattdessen, statt,
      anstatt, behalt\\p{L}*, vergiss, vergessen, eigentlich, falsch, quatsch, sondern, bloß, auf keinen fall, erst, später,
      noch, besser`,
    ),
    unsure: new RegExp(
      `^(?:${anyOf(`hm+, m+, m+h[mu]+, hä+, häh, na ja, naja, nun ja, tja, jein, wie, was, wie bitte, was bitte, bitte was,
        bitte wie, entschuldigung, verzeihung, sorry, pardon, wiederholen sie, wiederholen sie bitte, wiederholen,
        wie war das, was war das, was haben sie gesagt, was sagten sie, vielleicht, kann sein, mag sein, möglich,
        möglicherweise, ich glaube, ich glaube ja, ich denke, ich denke ja, glaub schon,
        denk schon, ich nehme an, wahrscheinlich, vermutlich, wohl, egal, ist egal, mir egal, ist mir egal, das ist mir egal,
        welche, welcher, welches, welchen, schon, teils teils, unklar, ich verstehe sie schlecht, eventuell`)}(?: |$))*$`,
      'u',
    ),
    ownVerb,
    doIt: 'mach das',
  },

  unfinished: {
    lastWords: wordsOf(UNFINISHED),
    thinking: endsWithAny(
      `(?:einen |nen |ein )?(?:kleinen )?moment(?: mal)?(?: bitte)?, momentchen, (?:eine |ne )?sekunde(?: bitte)?,
      lass(?:en sie|t)? mich ${PARTICLES}(?:überlegen|nachdenken|schauen|gucken|sehen|nachsehen|nachschauen|nachgucken|denken),
      wart(?:e|en sie)?(?: mal)?(?: kurz)?(?: bitte)?, mal (?:sehen|schauen|gucken|überlegen),
      (?:da )?(?:ich )?muss (?:ich )?${PARTICLES}(?:überlegen|nachdenken|schauen|gucken|nachsehen|nachschauen|nachgucken),
      bleiben sie ${PARTICLES}dran, wie war das noch(?: mal)?, wie heißt das noch(?: mal)?, wie soll ich sagen`,
    ),
    correcting: new RegExp(
      `^(?:${anyOf('nein, nee, ach, oh, äh, ähm, ach so, sorry, entschuldigung, halt, stopp, moment, also')} )*${anyOf(
        `moment, warte, warten sie, quatsch, halt, stopp, ich meine, ich meinte, ich wollte sagen, besser gesagt,
        vielmehr, nein doch, falsch, sorry nein, entschuldigung nein, vergessen sie das, vergiss das`,
      )}$`,
      'u',
    ),
    naming:
      /(?<=^| )(?:(?:mein|meine|unser|unsere|der|die|das|ihr|ihre) [\p{L} ]+ (?:ist|sind|war|waren|lautet|lauten)|(?:ich|wir) hei(?:ß|ss)en?|ich bin der|ich bin die)$/u,
    butWhole: new RegExp(
      [
        // "Kann ich", "was muss ich", "habe ich", "wo sind wir".
        `(?<=^| )(?:${AUXILIARY}) (?:ich|wir)$`,
        // "Weißt du, wie die Nummer ist", "ich weiß nicht, ob das meine Schuld war".
        `(?<=^| )(?:${ASKING}|ob|dass|weil|wenn) (?:.* )?(?:ist|sind|war|waren|lautet|heiße|heißen)$`,
        `(?<=^| )(?:${WITH_EIN}) (?:.* )?ein$`,
        `(?<=^| )(?:auch|und|nur|bloß|wie|als|nicht|oder|außer) (?:ich|wir)$`,
        `(?<=^| )(?:kein|keine|keinen|mein|meine|meiner|unser|unsere|dein|deine)$(?<=(?:habe|hab|nein|gibt es|ist das|das ist|ist|nehme|noch|da) (?:kein|keine|keinen|mein|meine|meiner|unser|unsere|dein|deine))`,
        `^(?:eine|einen|einer|eines|ein|also|jeder|jeden)$`,
        `(?<=^| )(?:nur|noch|genau|nehme|will|möchte|habe|hab|war|gibt es|gibt's) (?:eine|einen|einer|eines)$`,
        `(?<=^| )(?:nicht|na|ja|doch|dann) also$`,
        `(?<=^| )(?:nicht|auch nicht|bitte) so sehr$`,
        `(?<=^| )(?:danke|bitte|so|zu|wie|nicht) sehr$`,
      ].join('|'),
      'u',
    ),
    neverLast: wordsOf(NEVER_LAST),
  },

  wanted: {
    asks: saysAny(
      `was, wie, welche[rsnm]?, wessen, nenn\\p{L}*, sag\\p{L}*, gib, geben, buchstabier\\p{L}*, tipp\\p{L}*, lies, lesen,
      brauche?, brauchen, benötig\\p{L}*, habe, haben, bekomm\\p{L}*, eingeben, wähl\\p{L}*, diktier\\p{L}*`,
    ),
    counted: /(?<=^| )(\p{L}+|\d+) (?:ziffern|stellen|zahlen)(?= |$)/u,
    knownNumbers: [
      [/(?<=^| )(?:kreditkarten|karten)nummer/u, [16]],
      [/(?<=^| )(?:postleitzahl|plz)(?= |$)/u, [5]],
      [/(?<=^| )(?:pin|pinnummer|geheimzahl)(?= |$)/u, [4]],
      // In Germany these have from six to twelve digits.
      [/(?<=^| )(?:telefon|handy|mobil|mobilfunk|rückruf|ruf|festnetz)nummer/u, []],
    ],
    details: saysAny(
      `e ?mail, mailadresse, emailadresse, adresse, anschrift, name, namen, nachname\\p{L}?, vorname\\p{L}?, straße,
      buchstabier\\p{L}*, geburtsdatum, geburtstag, heißen, heißt`,
    ),
    number: saysAny('\\p{L}*nummer, \\p{L}*nummern, code, ziffern?, \\p{L}*zahl, aktenzeichen, iban, konto, referenz'),
    opensWithVerb:
      /^(?:(?:und|also|dann|okay|ok|gut|schön|super|prima|aber) )*(?:bist|ist|sind|war|waren|wäre|wären|hast|hat|haben|hatten|hätten|kann|kannst|können|könnten|könntest|muss|müssen|soll|sollen|sollte|willst|will|wollen|wollten|darf|dürfen|möchten|möchtest|wird|werden|würden|würdest|passt|geht|gibt|stimmt|brauchen|brauchst|macht|machen|reicht|kommen|kommst|heißt|hätte) /u,
    open: /^(?:\p{L}+ ){0,6}(?:können|könnten|kannst|könntest|würden|würdest|wollen|möchten) (?:sie|du) (?:mir )?(?:bitte |kurz |noch |mal )*(?:\p{L}+ ){0,8}(?:sagen|nennen|geben|beschreiben|erklären|wiederholen|buchstabieren|verraten)$|(?<= )oder(?= )/u,
  },

  digits: {
    names: new Map([...ONES.map((name, digit): [string, string] => [name, String(digit)]), ['zwo', '2']]),
    namesInSecrets: new Map([
      ['ein', '1'],
      ['eine', '1'],
    ]),
    times: new Map([
      ['doppel', 2],
      ['doppelte', 2],
      ['zweimal', 2],
      ['zwomal', 2],
      ['dreimal', 3],
      ['viermal', 4],
    ]),
    groups: new Map(numberNames()),
    between: new Set(['die']),
    counts:
      /(?<!\p{L})(?:ersten|nächsten|letzten|anderen|übrigen) (?:zwei|drei|vier|fünf|sechs|acht|[2-68])(?![\p{L}\d])|(?<!\p{L})(?:zwei|drei|vier|fünf|sechs|acht|sechzehn|[2-68]|16) (?:ziffern|zahlen|stellen)(?!\p{L})/gu,
  },

  requests: {
    takesLeave: new RegExp(`(?<=^| )(?:${LEAVES})(?: (?:${AFTER_LEAVE}))*$`, 'u'),
    isEnough: new RegExp(`(?<=^| )(?:${ENOUGH})(?: (?:${AFTER_LEAVE}))*$`, 'u'),
    asks: beginsWithAny(`${AUXILIARY.replaceAll('|', ', ')}, ${ASKING.replaceAll('|', ', ')}`),
    person: saysAny(
      `(?:mit|zu) ${anyOf(SOMEBODY)} (?:\\p{L}+ )?(?:sprechen|reden|verbinden|verbunden|telefonieren),
      ${anyOf(SOMEBODY)} (?:\\p{L}+ )?sprechen, verbind(?:e|en sie) (?:mich|uns),
      (?:mich|uns) (?:(?:bitte|mal) )*(?:\\p{L}+ )?(?:verbinden|durchstellen|weiterleiten|weiterverbinden),
      stell(?:en sie|e)? (?:mich|uns) (?:bitte )?durch, leite?n? sie mich (?:bitte )?weiter`,
    ),
    declines:
      /^(?:(?:äh+|ähm+|ach|also|oh|nee|nein|sorry|entschuldigung|bitte) )*(?:nein|nee|nö|nein danke|danke nein|lieber nicht|(?:das )?(?:will|möchte|mag|mache|kann|gebe) ich (?:(?:das|die|sie|ihnen|lieber|jetzt|am telefon) )*nicht(?: (?:sagen|geben|angeben|machen|mehr))?|ich (?:will|möchte|mag|mache|gebe|kann|würde) (?:(?:das|die|sie|es|ihnen|lieber|jetzt|meine karte|die karte|am telefon) )*nicht(?: (?:sagen|geben|angeben|machen|mehr))?|(?:die |meine karte |so etwas |sowas )?hab(?:e)? ich (?:(?:jetzt|gerade|hier) )*(?:nicht|keine)(?: (?:da|dabei|hier))?|ich hab(?:e)? (?:(?:meine|die) karte (?:(?:jetzt|gerade|hier) )*nicht(?: (?:da|dabei|hier))?|keine(?: andere)?(?: karte)?)|(?:bitte )?(?:abbrechen|abbruch|stopp|vergessen sie es|vergiss es|lassen wir das)|nicht am telefon)(?: (?:bitte|danke))*$/,
    languages: requestsFrom('de'),
  },

  cuts: {
    sentence: /[.!?…:;]["'”“»«’)\]*_`]*\s$/,
    abbreviation:
      /(?<![\p{L}\p{N}'’])(?:\p{L}|dr|prof|hr|hrn|fr|fam|ing|dipl|st|str|bzw|ca|usw|etc|evtl|ggf|inkl|exkl|zzgl|abzgl|max|min|mind|tel|vgl|sog|bes|allg|std|mio|mrd|tägl|mtl|geb|hd|fa|abt|jh|bzgl|ggü|lt|gem|einschl|wg|zzt|urspr|vs|co|jan|feb|mär|mrz|apr|jun|jul|aug|sept?|okt|nov|dez|mo|di|mi|do|sa|so)\.["')\]]*\s$/iu,
    // A full stop behind a number makes it an ordinal: "am 3. Mai", but also ends "Ich habe 3."
    beforeNumber: /(?<![\p{L}\p{N}])(?:nrn?|s|abs|art|kap|bd|abb|tel|hausnr|zi)\.\s$/iu,
    ordered: new Set([...MONTHS, ...SHORT_MONTHS, ...ORDERED, 'und', 'bis']),
    clause: /[,–—]\s$/,
    opensPhrase: wordsOf(
      `und aber oder weil dass wenn damit obwohl während denn sondern sobald falls mit für bei nach von um bis ab am im
      zwischen gegen wegen ohne über unter vor hinter neben seit`,
    ),
    numberGoesOn:
      /(?:\d\S*|(?<!\p{L})(?:\p{L}*(?:hundert|tausend|zehn|zwanzig|ßig|zig)|Million(?:en)?|Milliarden?|ein|zwei|drei|vier|fünf|sechs|sieben|acht|neun|elf|zwölf|Euro|Cent|Franken))\s(?:und|bis|oder)\s$/iu,
    address:
      /(?:straße|strasse|str\.|weg|platz|allee|gasse|ring|ufer|damm) \d+ ?[a-z]?,?\s(?:\d{5}\s)?$|(?<!\d)\d{5}\s$/iu,
  },

  inWords,
}
