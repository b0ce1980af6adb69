import { type Answer, asJson, ask } from './ask.ts'

export interface Task {
  readonly id: string
  readonly title: string
  readonly notes: string
  readonly status: 'pending' | 'completed'
  /** The due date as people say it. */
  readonly dueSaid: string | null
}
/** Pending tasks first, by due date; then completed ones, the latest first. */
export interface TaskPage {
  readonly tasks: readonly Task[]
  readonly counts: { readonly pending: number; readonly completed: number }
  readonly more: boolean
}

/** So that "tomorrow" is the person's, wherever the server stands. */
const zoned = (init: RequestInit): RequestInit => ({
  ...init,
  headers: { ...init.headers, 'time-zone': Intl.DateTimeFormat().resolvedOptions().timeZone },
})

export const askTasks = (signal: AbortSignal): Promise<Answer<TaskPage>> => ask('/api/tasks', zoned({}), signal)

export const setStatus = (id: string, status: Task['status'], signal: AbortSignal): Promise<Answer<unknown>> =>
  ask(`/api/tasks/${encodeURIComponent(id)}`, zoned(asJson('PATCH', { status })), signal)
