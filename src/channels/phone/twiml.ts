import { readFileSync } from 'node:fs'

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}
const escapeXml = (text: string): string => text.replace(/[&<>"']/g, char => ESCAPES[char] ?? char)

/** Reads a file in twiml/ once and returns a function that fills in its {{names}}. Throws if the file is missing. */
export function twiml<Name extends string = never>(file: string): (values: Readonly<Record<Name, string>>) => string {
  const template = readFileSync(new URL(`../../../twiml/${file}`, import.meta.url), 'utf8')
  return values =>
    template.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
      const value = (values as Readonly<Record<string, string>>)[name]
      if (value === undefined) throw new Error(`twiml/${file} asks for {{${name}}}, which is not given`)
      return escapeXml(value)
    })
}

/** The same for a file whose words are for callers: those of another language than English are in a folder of its code. */
export const spokenTwiml = <Name extends string = never>(file: string, language: string) =>
  twiml<Name>(language === 'en' ? file : `${language}/${file}`)
