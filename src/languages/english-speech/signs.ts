import { signsBy } from '../speech/signs.ts'

/** Signs as words: "two plus two", "R and D", "about five". */
export const signsInWords = signsBy({
  signs: {
    ...{ '&': 'and', '@': 'at', '#': 'number', '%': 'percent', '+': 'plus', '=': 'equals', '<': 'less than' },
    ...{ '>': 'more than', '×': 'times', '÷': 'divided by', '±': 'plus or minus', '≈': 'about', '≤': 'at most' },
    ...{ '≥': 'at least', '≠': 'is not', '→': 'to', '⇒': 'to', '°': 'degrees', '§': 'section', $: 'dollars' },
    ...{ '€': 'euros', '£': 'pounds', '¥': 'yen', '₹': 'rupees', '¢': 'cents', '∞': 'infinity', π: 'pi' },
    ...{ '²': 'squared', '³': 'cubed', '√': 'the root of', '~': 'about', '-': 'minus', '−': 'minus' },
  },
  ...{ minus: 'minus', times: 'times', over: 'over', toThePower: 'to the power of', or: 'or' },
  ...{ plusPlus: 'plus plus', sharp: 'sharp' },
})
