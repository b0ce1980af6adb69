import { signsBy } from '../speech/signs.ts'

/** Signs as words: "dos más dos", "pan y leche", "aproximadamente cinco". */
export const signsInWords = signsBy({
  signs: {
    ...{ '&': 'y', '@': 'arroba', '#': 'número', '%': 'por ciento', '+': 'más', '=': 'igual a', '<': 'menor que' },
    ...{ '>': 'mayor que', '×': 'por', '÷': 'entre', '±': 'más menos', '≈': 'aproximadamente', '≤': 'como máximo' },
    ...{ '≥': 'al menos', '≠': 'distinto de', '→': 'a', '⇒': 'a', '°': 'grados', '§': 'sección', $: 'dólares' },
    ...{ '€': 'euros', '£': 'libras', '¥': 'yenes', '₹': 'rupias', '¢': 'centavos', '∞': 'infinito', π: 'pi' },
    ...{ '²': 'al cuadrado', '³': 'al cubo', '√': 'la raíz de', '~': 'aproximadamente', '-': 'menos', '−': 'menos' },
  },
  ...{ minus: 'menos', times: 'por', over: 'sobre', toThePower: 'elevado a', or: 'o', plusPlus: 'más más' },
  sharp: 'sharp',
})
