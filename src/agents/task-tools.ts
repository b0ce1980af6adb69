const task = { describe: 'get_task_details', words: 'task.said', things: 'tasks' }

/**
 * The settings of the Task Manager's tools, in the form of a tools file: what is said while they run, and what callers
 * are asked before something is deleted, or several tasks are changed at once.
 */
export const TASK_TOOLS = {
  tools: {
    list_tasks: { filler: 'Checking your tasks.' },
    get_task_details: { filler: 'Looking it up.' },
    // A model that asks again after an interruption must not create the task twice.
    create_task: { filler: 'Writing it down.', onceMs: 60_000, adds: true },
    complete_task: { filler: 'Ticking it off.', several: { ...task, ask: 'Mark {words} as done?' } },
    update_task: { filler: 'Changing it.', several: { ...task, ask: 'Change {words}?' } },
    delete_task: {
      confirm: { describe: 'get_task_details', words: 'task.said', ask: 'Delete {words}?' },
      several: { ...task, ask: 'Delete {words}?' },
    },
    // A caller who repeats this, because they did not hear the answer, does not mean the change before.
    undo_last_change: { filler: 'Taking it back.', onceMs: 10_000 },
  },
  agents: {
    'task-manager': [
      'list_tasks',
      'get_task_details',
      'create_task',
      'complete_task',
      'update_task',
      'delete_task',
      'undo_last_change',
    ],
  },
}
