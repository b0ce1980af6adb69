const described = { describe: 'get_task_details', words: 'task.said' }
const task = { ...described, things: 'tasks' }

/** In other languages the title alone is said: what the tool tells of the date is English. */
const inGerman = (ask: string) => ({ ask, words: 'task.title', things: 'Aufgaben' })
const inSpanish = (ask: string) => ({ ask, words: 'task.title', things: 'tareas' })
const alone = ({ ask, words }: { readonly ask: string; readonly words: string }) => ({ ask, words })
const DELETE = { de: inGerman('Soll ich {words} löschen?'), es: inSpanish('¿Borro {words}?') }
const DONE = { de: inGerman('Soll ich {words} abhaken?'), es: inSpanish('¿Marco {words} como hecha?') }
const CHANGE = { de: inGerman('Soll ich {words} ändern?'), es: inSpanish('¿Cambio {words}?') }

/**
 * The settings of the Task Manager's tools, in the form of a tools file: what is said while they run, and what callers
 * are asked before something is deleted, or several tasks are changed at once.
 */
export const TASK_TOOLS = {
  list_tasks: {
    filler: 'Checking your tasks.',
    fillers: { de: 'Ich sehe Ihre Aufgaben durch.', es: 'Miro sus tareas.' },
  },
  get_task_details: { filler: 'Looking it up.', fillers: { de: 'Ich schlage es nach.', es: 'Lo busco.' } },
  // A model that asks again after an interruption must not create the task twice.
  create_task: {
    filler: 'Writing it down.',
    fillers: { de: 'Ich schreibe es auf.', es: 'Lo apunto.' },
    onceMs: 60_000,
    adds: true,
  },
  complete_task: {
    filler: 'Ticking it off.',
    fillers: { de: 'Ich hake es ab.', es: 'La marco como hecha.' },
    several: { ...task, ask: 'Mark {words} as done?', in: DONE },
  },
  update_task: {
    filler: 'Changing it.',
    fillers: { de: 'Ich ändere es.', es: 'Lo cambio.' },
    several: { ...task, ask: 'Change {words}?', in: CHANGE },
  },
  delete_task: {
    confirm: { ...described, ask: 'Delete {words}?', in: { de: alone(DELETE.de), es: alone(DELETE.es) } },
    several: { ...task, ask: 'Delete {words}?', in: DELETE },
  },
  // A caller who repeats this, because they did not hear the answer, does not mean the change before.
  undo_last_change: {
    filler: 'Taking it back.',
    fillers: { de: 'Ich nehme es zurück.', es: 'Lo deshago.' },
    onceMs: 10_000,
  },
}
