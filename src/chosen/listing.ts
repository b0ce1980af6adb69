import { entryOf, namesOf, PORTS } from '../providers/catalogue/catalogue.ts'
import type { Port, SettingSpec } from '../providers/entry.ts'
import { shownValue } from '../settings/shown-value.ts'
import type { ChosenProviders } from './providers.ts'

type Given = Readonly<Record<string, string | undefined>>

const DOES: Readonly<Record<Port, string>> = { STT: 'who hears', LLM: 'who thinks', TTS: 'who speaks' }

/** Every provider with its settings, a line each, for people: what is chosen, what is set, and what is needed. */
export function providerLines(chosen: ChosenProviders, given: Given): readonly string[] {
  return PORTS.flatMap(port => {
    const order = chosen[port].map(({ name }) => name)
    return [
      `${port}, ${DOES[port]}: ${order.join(', then ') || 'nobody'}`,
      // Plug-ins come after those of the catalogue.
      ...[...new Set([...namesOf(port), ...order])].flatMap(name => {
        const entry = entryOf(port, name)
        const specs = Object.values(entry?.settings ?? {})
        const isStoodIn = chosen[port].some(one => one.name === name && one.isStoodIn)
        const about = [
          entry?.title ?? name,
          ...(specs.length === 0 ? ['needs no key'] : []),
          ...(isStoodIn ? ['the sandbox stands in'] : []),
        ]
        const mark = order.includes(name) ? '*' : ' '
        return [`${mark} ${name.padEnd(16)} ${about.join(', ')}`, ...specs.map(spec => `    ${lineOf(spec, given)}`)]
      }),
      '',
    ]
  })
}

function lineOf(spec: SettingSpec, given: Given): string {
  const { name } = spec
  if (given[name] !== undefined) return `${name}=${spec.kind === 'secret' ? '(set)' : shownValue([name], given)}`
  if (spec.kind === 'url' || (spec.kind === 'text' && spec.default !== undefined)) return `${name}: ${spec.default}`
  return `${name}: ${spec.optional ? 'not set, and not needed' : 'not set'}`
}
