import { readFileSync } from 'node:fs'

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}
const escapeXml = (text: string): string => text.replace(/[&<>"']/g, char => ESCAPES[char] ?? char)

/** Reads a document of twiml/ once; the answer fills in its {{names}}. Throws at start if the file is not there. */
export function twiml<Name extends string = never>(file: string): (values: Readonly<Record<Name, string>>) => string {
  const template = readFileSync(new URL(`../../../twiml/${file}`, import.meta.url), 'utf8')
  return values =>
    template.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
      const value = (values as Readonly<Record<string, string>>)[name]
      if (value === undefined) throw new Error(`twiml/${file} asks for {{${name}}}, which is not given`)
      return escapeXml(value)
    })
}
