import type { CallToolResult } from '@modelcontextprotocol/client'

/** The result with `change` applied to all its texts, including the property names in its data. */
export function withTexts(result: CallToolResult, change: (text: string) => string): CallToolResult {
  return JSON.parse(JSON.stringify(result), (_, value: unknown) => {
    if (typeof value === 'string') return change(value)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [change(name), one]))
  })
}
