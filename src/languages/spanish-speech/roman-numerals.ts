import { romanNumeralsBy } from '../speech/roman-numerals.ts'

const LAST_ORDINAL = 10

/** "siglo 21", "Felipe 6.º", "Alfonso 13", "la 2.ª Guerra Mundial". */
export const romanNumeralsInFigures = romanNumeralsBy({
  after:
    '[Ss]iglos?|[Ss]iglos [IVXL]{1,6} y|[Cc]apítulo|[Tt]omo|[Vv]olumen|[Tt]ítulo|[Aa]cto|[Ee]scena|[Aa]nexo|[Ff]ase|[Nn]ivel|[Tt]ipo|[Gg]rupo|[Pp]arte|[Ss]ección|[Aa]rtículo',
  names:
    'Felipe|Alfonso|Carlos|Juan Carlos|Fernando|Luis|Enrique|Juan Pablo|Benedicto|León|Pío|Gregorio|Isabel|Catalina|Jaime|Pedro|Sancho|Guillermo|Federico|Napoleón|Nicolás|Jorge|Eduardo|Ricardo|Ramsés|Alejandro|Clemente|Inocencio',
  before:
    ' (?:Guerra Mundial|República|Internacional|Cumbre|Copa|Edición|edición|Congreso|Jornadas|Festival|Concurso|Premio|Encuentro|Semana|Feria)',
  isWordI: false,
  counted: (value, before) => `${value}.${/(?:^|\P{L})(?:el|del|al|un)\s$/iu.test(before) ? 'º' : 'ª'}`,
  name: (value, before, dot) =>
    `${value}${Number(value) > LAST_ORDINAL ? '' : /(?:Isabel|Catalina) $/u.test(before) ? '.ª' : '.º'}${dot}`,
})
