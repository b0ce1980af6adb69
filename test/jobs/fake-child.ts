import type { Child, ChildEvents } from '../../src/jobs/child.ts'
import type { FromWorker, ToWorker } from '../../src/jobs/messages.ts'

/** A process in memory. The test says what it does. */
export class FakeChild implements Child {
  readonly sent: ToWorker<string>[] = []
  isHeld = true
  isKilled = false
  isLetGo = false
  readonly #events: ChildEvents

  constructor(events: ChildEvents) {
    this.#events = events
  }

  /** The jobs that it was given so far. */
  get jobs(): readonly string[] {
    return this.sent.flatMap(message => (message.kind === 'job' ? [message.job] : []))
  }

  get aborted(): readonly number[] {
    return this.sent.flatMap(message => (message.kind === 'abort' ? [message.id] : []))
  }

  say(message: FromWorker<string>): void {
    this.#events.message(message)
  }

  /** Answers the job that it was given last. */
  answer(answer: string): void {
    this.say({ kind: 'done', id: this.#last, answer })
  }

  refuse(why: string): void {
    this.say({ kind: 'failed', id: this.#last, why })
  }

  die(how = 'SIGSEGV'): void {
    this.#events.ended(how)
  }

  get #last(): number {
    return this.sent.findLast(message => message.kind === 'job')?.id ?? 0
  }

  send(message: unknown): void {
    this.sent.push(message as ToWorker<string>)
  }

  hold(isHeld: boolean): void {
    this.isHeld = isHeld
  }

  letGo(): void {
    this.isLetGo = true
  }

  kill(): void {
    this.isKilled = true
    this.die('SIGKILL')
  }
}
