import { romanNumeralsBy } from '../speech/roman-numerals.ts'
import { ordinal } from './number-words.ts'

/** "World War 2", "Henry the eighth", "the nineteenth century". */
export const romanNumeralsInFigures = romanNumeralsBy({
  after:
    'World War|Super Bowl|Chapter|Section|Part|Volume|Vol\\.|Act|Scene|Article|Appendix|Phase|Stage|Level|Book|Title|Type|Class|Category|Apollo|Olympiad',
  names:
    'Henry|Louis|Charles|Edward|George|William|James|Richard|Elizabeth|John Paul|Benedict|Leo|Pius|Gregory|Francis|Frederick|Philip|Alexander|Napoleon|Nicholas|Catherine|Juan Carlos|Felipe|Ramses|Ramesses|Thutmose|Wilhelm|Ferdinand|Innocent|Clement|Urban|Constantine|Margrethe|Umberto|Victor Emmanuel',
  before: ' century| centuries|th century',
  isWordI: true,
  counted: value => ordinal(value),
  name: (value, _, dot) => `the ${ordinal(value)}${dot}`,
})
