/** What a reader does, in the order of the document, and what they are told they will see. */
export type Step =
  | { readonly kind: 'run'; readonly line: number; readonly script: string; readonly goesOn: boolean }
  | { readonly kind: 'edit'; readonly line: number; readonly file: string; readonly text: string }
  /** Each of these is in what was printed by the last step, or by what goes on. */
  | { readonly kind: 'see'; readonly line: number; readonly texts: readonly string[]; readonly ofWhatGoesOn: boolean }

const BLOCK = /^(?:<!-- (.+?) -->\n)?```(\w*)\n([\s\S]*?)\n```$/gm

/** The steps of a document's code blocks. Throws an Error for a block that says nothing of what is done with it. */
export function stepsOf(document: string): readonly Step[] {
  return [...document.matchAll(BLOCK)].map(([block, note, language, text = '']) => {
    const line = document.slice(0, document.indexOf(block)).split('\n').length
    if (language === 'sh') return { kind: 'run', line, script: text, goesOn: note === 'goes on' }
    if (language === 'text')
      return { kind: 'see', line, texts: text.split('\n'), ofWhatGoesOn: note === 'of what goes on' }
    const file = /^in (.+)$/.exec(note ?? '')?.[1]
    if (language === 'ts' && file !== undefined) return { kind: 'edit', line, file, text }
    throw new Error(`line ${line}: a block of "${language}" is neither run, nor seen, nor an edit of a file`)
  })
}

/** The file after the edit: the block begins with a line that is there, and the rest of it comes behind. Throws an Error where it is not there once. */
export function edited(file: string, block: string): string {
  const [first = ''] = block.split('\n')
  const parts = file.split(`${first}\n`)
  if (parts.length !== 2) throw new Error(`"${first.trim()}" is ${parts.length - 1} times in the file`)
  return parts.join(`${block}\n`)
}
