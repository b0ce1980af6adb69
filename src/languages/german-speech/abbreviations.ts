import { abbreviationsBy } from '../speech/abbreviations.ts'

const STREET = /(?<=\p{L}{2})(str|Str)\.(?!\p{L})/gu
const STREET_ALONE = /(?<=\p{L}[ -])Str\.(?=[ ,]|$)/gu

const rest = abbreviationsBy({
  dotted: {
    ...{ 'z. B.': 'zum Beispiel', 'd. h.': 'das heißt', 'u. a.': 'unter anderem', 'u. U.': 'unter Umständen' },
    ...{ 'i. d. R.': 'in der Regel', 'o. ä.': 'oder Ähnliches', 'u. ä.': 'und Ähnliches', 's. o.': 'siehe oben' },
    ...{
      'z. T.': 'zum Teil',
      'z. Zt.': 'zurzeit',
      'z. Z.': 'zurzeit',
      'u. v. m.': 'und vieles mehr',
      'o. g.': 'oben genannte',
    },
    ...{ 'i. A.': 'im Auftrag', 's. u.': 'siehe unten', 'u. s. w.': 'und so weiter', 'usf.': 'und so fort' },
    ...{
      'bzgl.': 'bezüglich',
      'ggü.': 'gegenüber',
      'lt.': 'laut',
      'gem.': 'gemäß',
      'abt.': 'Abteilung',
      'mwst.': 'Mehrwertsteuer',
    },
    ...{ 'jh.': 'Jahrhundert', 'tsd.': 'Tausend', 'einschl.': 'einschließlich' },
    ...{ 'wg.': 'wegen', 'zzt.': 'zurzeit', 'urspr.': 'ursprünglich', 'durchschn.': 'durchschnittlich', 'ct.': 'Cent' },
    ...{ 'v. a.': 'vor allem', 'z. Hd.': 'zu Händen', 'm. E.': 'meines Erachtens' },
    ...{
      'usw.': 'und so weiter',
      'etc.': 'et cetera',
      'bzw.': 'beziehungsweise',
      'ca.': 'circa',
      'ggf.': 'gegebenenfalls',
    },
    ...{
      'evtl.': 'eventuell',
      'inkl.': 'inklusive',
      'exkl.': 'exklusive',
      'zzgl.': 'zuzüglich',
      'abzgl.': 'abzüglich',
    },
    ...{ 'max.': 'maximal', 'min.': 'mindestens', 'mind.': 'mindestens', 'tel.': 'Telefon', 'vgl.': 'vergleiche' },
    ...{ 'sog.': 'sogenannte', 'bes.': 'besonders', 'allg.': 'allgemein', 'std.': 'Stunden', 'mio.': 'Millionen' },
    ...{ 'mrd.': 'Milliarden', 'tägl.': 'täglich', 'mtl.': 'monatlich', 'geb.': 'geboren', 'jhd.': 'Jahrhundert' },
  },
  titles: {
    ...{ 'Dr.': 'Doktor', 'Prof.': 'Professor', 'Hr.': 'Herr', 'Hrn.': 'Herrn', 'Fr.': 'Frau', 'St.': 'Sankt' },
    ...{ 'Dipl.-Ing.': 'Diplom-Ingenieur', 'Ing.': 'Ingenieur', 'Fam.': 'Familie', 'Fa.': 'Firma', 'Str.': 'Straße' },
  },
  stroked: { 'c/o': 'bei', 'und/oder': 'und oder', vs: 'versus', 'vs.': 'versus', 'u/o': 'und oder' },
  beforeNumber: {
    ...{ 'nr.': 'Nummer', 'nrn.': 'Nummern', 's.': 'Seite', 'abs.': 'Absatz', 'art.': 'Artikel', 'kap.': 'Kapitel' },
    ...{
      'bd.': 'Band',
      'abb.': 'Abbildung',
      'hausnr.': 'Hausnummer',
      'abt.': 'Abteilung',
      'no.': 'Nummer',
      'str.': 'Straße',
      'tel.': 'Telefon',
      'zi.': 'Zimmer',
    },
  },
  numberSign: /(?<![\p{L}\p{N}])(?:№|#) ?(?=\d)/gu,
  number: 'Nummer',
})

/** Abbreviations in full: "Doktor Schmidt", "Hauptstraße zwölf", "zum Beispiel". */
export const abbreviationsInWords = (text: string): string =>
  rest(
    text.replace(STREET, (_, short: string) => (short === 'str' ? 'straße' : 'Straße')).replace(STREET_ALONE, 'Straße'),
  )
