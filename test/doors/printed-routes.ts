import type { FastifyInstance } from 'fastify'

export interface PrintedRoute {
  readonly method: string
  readonly url: string
}

const LINE = /^(?<indent>(?:│ {3}| {4}|├── |└── )*)(?<path>\S*) \((?<methods>[A-Z, ]+)\)$/

/** Every route of a server, from its own list: the tree of `printRoutes`, whose branches begin where their parent ends. */
export function routesOf(app: FastifyInstance): readonly PrintedRoute[] {
  const parents: string[] = []
  return app
    .printRoutes({ commonPrefix: false })
    .split('\n')
    .filter(line => line.trim() !== '')
    .flatMap(line => {
      const found = LINE.exec(line)?.groups
      if (!found) throw new Error(`a line of printRoutes cannot be read: ${line}`)
      const { indent = '', path = '', methods = '' } = found
      // Another line of the same place is indented as its branches are, and repeats its path.
      const isRepeated = !/[├└]── $/.test(indent)
      const depth = indent.length / 4 - (isRepeated ? 1 : 0)
      const url = `${parents[depth - 1] ?? ''}${path}`
      parents[depth] = url
      return methods.split(', ').map(method => ({ method, url }))
    })
}
