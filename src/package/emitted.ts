/** What the compiler leaves as it is: a module that is named for a thread, a process, or `require`. */
const NAMED = /(\bnew URL\(|\brequire\()'(\.{1,2}\/[^']+)\.ts'/g
/** A declaration keeps the names of the sources that it was made of. */
const IMPORTED = /(\bfrom |\bimport\()(['"])(\.{1,2}\/[^'"]+)\.ts\2/g
/** A string that names a module, whoever may use it. */
const LEFT = /(['"`])\.{1,2}\/[^'"`\s]*\.ts\1/

/** The same code for JavaScript's file names. Throws where a source is named in a way that is not known here. */
export function withBuiltNames(path: string, code: string): string {
  if (path.endsWith('.d.ts')) return code.replace(IMPORTED, '$1$2$3.js$2')
  const renamed = code.replace(NAMED, "$1'$2.js'")
  const left = renamed.split('\n').find(line => !/^\s*(?:\/?\*|\/\/)/.test(line) && LEFT.test(line))
  if (left !== undefined) throw new Error(`${path}: names a source, which the package does not have: ${left.trim()}`)
  return renamed
}

/** What users type in a checkout, and what does the same where the package is installed. */
export function withOwnCommand(text: string, commands: ReadonlySet<string>): string {
  return text
    .replaceAll(/\bnpm run ([a-z:]+)( --(?= ))?/g, (whole, name: string) =>
      commands.has(name) ? `npx partyline ${name}` : whole,
    )
    .replaceAll(/\bnpm start\b/g, 'npx partyline start')
}
