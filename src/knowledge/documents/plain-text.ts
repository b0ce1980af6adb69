import { type Document, oneLine } from './document.ts'

const BLANK = /\n[ \t\f]*\n/

/** A text without marks: paragraphs, parted by blank lines. */
export const readPlainText = (source: string): Document => ({
  title: undefined,
  blocks: source
    .replaceAll('\r\n', '\n')
    .replaceAll('\r', '\n')
    .split(BLANK)
    .map(paragraph => oneLine(paragraph))
    .filter(text => text !== '')
    .map(text => ({ kind: 'text', text })),
})

/** Rows of data, such as a CSV file. The first has the names of the columns. */
export const readRows = (source: string): Document => ({
  title: undefined,
  blocks: [
    {
      kind: 'table',
      rows: source
        .split(/\r\n|\r|\n/)
        .map(oneLine)
        .filter(row => row !== ''),
    },
  ],
})
