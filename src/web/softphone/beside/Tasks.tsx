import type { Task } from '../line/messages.ts'

/** The tasks of the number that calls, as they change. */
export function Tasks({ tasks }: { readonly tasks: readonly Task[] }) {
  const open = tasks.filter(({ status }) => status === 'pending').length
  return (
    <section className="task-panel" aria-labelledby="tasks-title">
      <h2 id="tasks-title">Tasks of this number</h2>
      <p role="status" className="hidden">
        {open === 1 ? 'One task is open.' : `${open} tasks are open.`}
      </p>
      {tasks.length === 0 ? (
        <p className="quiet">None yet. Say “Remind me to call the dentist tomorrow”.</p>
      ) : (
        <ul>
          {tasks.map(({ title, due, status }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two tasks may have the same title.
            <li key={`${index} ${title}`} className="task" data-done={status === 'completed' || undefined}>
              <span className="mark-of-task" aria-hidden="true" />
              <span>
                <span className="title">{title}</span>
                {status === 'completed' && <span className="hidden"> (done)</span>}
                {due !== null && status === 'pending' && <span className="due">{due}</span>}
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
