/** The text with single spaces, and none before punctuation. */
export const tidied = (text: string): string =>
  text
    .replace(/ {2,}/g, ' ')
    .replaceAll('( ', '(')
    .replace(/ (?=[.,;:!?](?:[\s"')]|$))/g, '')
    .trim()
