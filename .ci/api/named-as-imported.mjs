import { readFileSync } from 'node:fs'
import { Application, Converter, ReflectionKind } from 'typedoc'

const { name, exports } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
const ways = Object.entries(exports).map(([way, path]) => ({
  way: way.replace(/^\.(?=\/)/, name),
  parts: path.replace(/^\.\//, '/').split('*'),
}))

/** "partyline/agent" for src/agents/author/agent.ts, as package.json exports it. */
function imported(file) {
  for (const { way, parts } of ways) {
    const [before = '', after] = parts
    if (after === undefined ? file.endsWith(before) : file.includes(before) && file.endsWith(after))
      return after === undefined ? way : way.replace('*', file.slice(file.indexOf(before) + before.length, -after.length))
  }
  throw new Error(`${file} is exported by no name`)
}

const isTold = one => [one, ...(one.signatures ?? []), one.type?.declaration, ...(one.type?.declaration?.signatures ?? [])].some(of => of?.hasComment())

/**
 * Modules are named as authors import them, and not by their files. Whatever stands in one must have a docstring; its properties
 * and methods need none where their names and types say it.
 * @param {Application} app
 */
export function load(app) {
  app.converter.on(Converter.EVENT_CREATE_DECLARATION, (context, one) => {
    if (!one.kindOf(ReflectionKind.Module)) return
    const file = context.getSymbolFromReflection(one)?.declarations?.[0]?.getSourceFile().fileName
    if (file !== undefined) one.name = imported(file)
  })
  app.on(Application.EVENT_VALIDATE_PROJECT, project => {
    for (const module of project.getChildrenByKind(ReflectionKind.Module))
      for (const one of module.children ?? [])
        if (!one.kindOf(ReflectionKind.Reference) && !isTold(one)) app.logger.warn(`${one.getFullName()} has no docstring`)
  })
}
