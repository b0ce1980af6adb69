import type { ToolCall, ToolContext, ToolOutcome, ToolSet, ToolSpec } from '../../src/conversation/ports.ts'

type Run = (call: ToolCall, signal: AbortSignal, context: ToolContext) => Promise<string | ToolOutcome>

/** Tools that do what the test says, and record each run. */
export class FakeTools implements ToolSet {
  readonly runs: { readonly call: ToolCall; readonly context: ToolContext }[] = []
  running = 0
  #specs: readonly ToolSpec[] = []
  readonly #tools = new Map<string, Run>()

  get specs(): readonly ToolSpec[] {
    return this.#specs
  }

  add(name: string, changes: boolean, run: Run, more: Pick<ToolSpec, 'keyed'> = {}): void {
    this.#specs = [...this.#specs, { name, description: name, parameters: { type: 'object' }, changes, ...more }]
    this.#tools.set(name, run)
  }

  /** These, whatever they are like. */
  offer(specs: readonly ToolSpec[], run: Run): void {
    this.#specs = specs
    for (const { name } of specs) this.#tools.set(name, run)
  }

  async run(call: ToolCall, context: ToolContext, signal: AbortSignal): Promise<ToolOutcome> {
    this.runs.push({ call, context })
    const tool = this.#tools.get(call.name)
    if (!tool) throw new Error(`no tool named ${call.name}`)
    this.running++
    try {
      const outcome = await tool(call, signal, context)
      return typeof outcome === 'string' ? { kind: 'done', text: outcome } : outcome
    } finally {
      this.running--
    }
  }
}
