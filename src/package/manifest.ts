/** What of package.json is read here. */
export interface Manifest {
  readonly name: string
  readonly version: string
  readonly exports: Readonly<Record<string, string>>
  readonly bin: Readonly<Record<string, string>>
  readonly engines: { readonly node: string }
  readonly [other: string]: unknown
}

/** What the package's reader needs of the checkout's package.json, beside what is made of it. */
const KEPT = ['name', 'version', 'description', 'license', 'private', 'type', 'dependencies']
const built = (file: string): string => file.replace(/\.ts$/, '.js')

/**
 * The package's package.json, made of the checkout's: the same names lead to JavaScript with its declarations. It has no scripts,
 * nothing that only development needs, and not the Node that a checkout brings along: in another project's `node_modules/.bin` it
 * would be the `node` of all its scripts.
 */
export function packedManifest(checkout: Manifest): object {
  return {
    ...Object.fromEntries(KEPT.flatMap(name => (name in checkout ? [[name, checkout[name]]] : []))),
    engines: { node: checkout.engines.node },
    bin: Object.fromEntries(Object.entries(checkout.bin).map(([name, file]) => [name, built(file)])),
    exports: {
      ...Object.fromEntries(
        Object.entries(checkout.exports).map(([name, file]) => [
          name,
          { types: file.replace(/\.ts$/, '.d.ts'), default: built(file) },
        ]),
      ),
      './package.json': './package.json',
    },
  }
}
