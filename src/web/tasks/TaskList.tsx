import type { Task } from '../server/tasks.ts'
import { useTasks } from './use-tasks.ts'

/** The tasks of who talks here, as they change. */
export function TaskList({ changes }: { readonly changes: number }) {
  const { tasks, again, tick } = useTasks(changes)
  return (
    <aside className="tasks" aria-labelledby="tasks-title">
      <h2 id="tasks-title">Your tasks</h2>
      {tasks.kind === 'asking' && <p className="quiet">Fetching them…</p>}
      {tasks.kind === 'failed' && (
        <div role="alert">
          <p>Your tasks cannot be reached just now.</p>
          <button type="button" onClick={again}>
            Try again
          </button>
        </div>
      )}
      {tasks.kind === 'here' && (
        <>
          {tasks.hasFailed && (
            <p role="alert" className="failed">
              The list may be out of date: the server did not answer as it should.{' '}
              <button type="button" className="link" onClick={again}>
                Try again
              </button>
            </p>
          )}
          <p role="status" className="hidden">
            {changes > 0 && counted(tasks.page.counts.pending)}
          </p>
          {tasks.page.tasks.length === 0 ? (
            <p className="quiet">Nothing yet. Try “Remind me to call the dentist tomorrow”.</p>
          ) : (
            <ul>
              {tasks.page.tasks.map(task => (
                <Row key={task.id} task={task} onTick={() => void tick(task)} />
              ))}
            </ul>
          )}
          {tasks.page.more && <p className="quiet">There are more. Ask for them by name.</p>}
        </>
      )}
    </aside>
  )
}

const counted = (open: number): string => `Your tasks changed: ${open === 1 ? 'one is' : `${open} are`} open.`

function Row({ task, onTick }: { readonly task: Task; readonly onTick: () => void }) {
  return (
    <li>
      <label className="task" data-done={task.status === 'completed' || undefined}>
        <input type="checkbox" checked={task.status === 'completed'} onChange={onTick} />
        <span>
          <span className="title">{task.title}</span>
          {task.dueSaid && task.status === 'pending' && <span className="due">{task.dueSaid}</span>}
        </span>
      </label>
    </li>
  )
}
