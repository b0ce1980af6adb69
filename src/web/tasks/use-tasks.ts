import { useCallback, useEffect, useRef, useState } from 'react'
import { askTasks, setStatus, type Task, type TaskPage } from '../server/tasks.ts'

export type Tasks =
  | { readonly kind: 'asking' }
  | { readonly kind: 'failed' }
  | { readonly kind: 'here'; readonly page: TaskPage; readonly hasFailed: boolean }

/** The tasks as they are now. They are asked for again whenever `changes` grows, and after ticking one off. */
export function useTasks(changes: number) {
  const [tasks, setTasks] = useState<Tasks>({ kind: 'asking' })
  const latest = useRef(0)

  const look = useCallback(async (signal: AbortSignal): Promise<void> => {
    const turn = ++latest.current
    const answer = await askTasks(signal)
    // A later question has a later answer.
    if (turn !== latest.current) return
    setTasks(now => {
      if (answer.kind === 'ok') return { kind: 'here', page: answer.value, hasFailed: false }
      return now.kind === 'here' ? { ...now, hasFailed: true } : { kind: 'failed' }
    })
  }, [])

  // biome-ignore lint/correctness/useExhaustiveDependencies: each change asks again.
  useEffect(() => {
    const stale = new AbortController()
    look(stale.signal).catch(() => undefined)
    return () => stale.abort()
  }, [changes, look])

  const again = useCallback(() => void look(new AbortController().signal), [look])
  const tick = useCallback(
    async ({ id, status }: Task): Promise<void> => {
      const next = status === 'pending' ? 'completed' : 'pending'
      // At once, as a box does that is ticked. The list that comes back is the truth.
      setTasks(now => (now.kind === 'here' ? { ...now, page: ticked(now.page, id, next) } : now))
      const { signal } = new AbortController()
      const answer = await setStatus(id, next, signal)
      await look(signal)
      if (answer.kind === 'failed') setTasks(now => (now.kind === 'here' ? { ...now, hasFailed: true } : now))
    },
    [look],
  )
  return { tasks, again, tick }
}

const ticked = (page: TaskPage, id: string, status: Task['status']): TaskPage => ({
  ...page,
  tasks: page.tasks.map(task => (task.id === id ? { ...task, status } : task)),
})
