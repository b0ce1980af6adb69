/** A part of a document, in its order. */
export type Block =
  /** `level` is 1 for the title of the whole. */
  | { readonly kind: 'heading'; readonly level: number; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  /** One line for each row. The first has the names of the columns. */
  | { readonly kind: 'table'; readonly rows: readonly string[] }

/** A document as what it says, whatever it was written in. */
export interface Document {
  /** As it calls itself; undefined where it has no name. */
  readonly title: string | undefined
  readonly blocks: readonly Block[]
}

/** A file cannot be taken. The message is for the person who gave it. */
export class DocumentError extends Error {
  override readonly name = 'DocumentError'
}

/** One line of text, with single spaces. */
export const oneLine = (text: string): string => text.replace(/[\s\u00a0]+/g, ' ').trim()
