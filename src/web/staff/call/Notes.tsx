import { type FormEvent, type RefObject, useState } from 'react'
import { clock, dateTime, fineClock } from '../frame/say.ts'
import { toldOf } from '../server/ask.ts'
import { addNote, deleteNote } from '../server/calls.ts'
import type { Note } from '../server/shapes.ts'
import type { Position } from './position.ts'

interface NotesProps {
  readonly callId: string
  readonly notes: readonly Note[]
  readonly position: Position
  readonly box: RefObject<HTMLInputElement | null>
  readonly onChange: (notes: readonly Note[]) => void
  readonly onGo: (ms: number) => void
}

/** Notes on moments of the call. A note belongs to the moment at which its writer was when they began to write. */
export function Notes({ callId, notes, position, box, onChange, onGo }: NotesProps) {
  const [text, setText] = useState('')
  const [atMs, setAtMs] = useState<number>()
  const [failed, setFailed] = useState<string>()
  const add = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    if (text.trim() === '') return box.current?.focus()
    const answer = await addNote(callId, atMs ?? position.ms, text.trim(), new AbortController().signal)
    if (answer.kind === 'failed') return setFailed(toldOf(answer))
    setFailed(undefined)
    setText('')
    setAtMs(undefined)
    onChange([...notes, answer.value].sort((a, b) => a.atMs - b.atMs))
  }
  const remove = async (note: Note): Promise<void> => {
    const answer = await deleteNote(callId, note.id, new AbortController().signal)
    if (answer.kind === 'failed') return setFailed(toldOf(answer))
    onChange(notes.filter(({ id }) => id !== note.id))
    box.current?.focus()
  }
  return (
    <section className="card stack" aria-labelledby="notes-title">
      <h2 id="notes-title">Notes</h2>
      {notes.length > 0 && (
        <ul className="notes">
          {notes.map(note => (
            <li key={note.id}>
              <button type="button" className="link" onClick={() => onGo(note.atMs)}>
                {clock(note.atMs)}
              </button>
              <p>
                {note.text}
                <span className="quiet">
                  {' '}
                  {note.by}, {dateTime(note.at)}
                </span>
              </p>
              <button type="button" className="link" onClick={() => void remove(note)}>
                Delete<span className="hidden"> the note “{note.text}”</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      <form className="row" onSubmit={event => void add(event)}>
        <label>
          {atMs === undefined ? 'A note on this moment' : `A note at ${fineClock(atMs)}`}
          <input
            ref={box}
            value={text}
            maxLength={2_000}
            onFocus={() => setAtMs(now => now ?? position.ms)}
            onBlur={() => text === '' && setAtMs(undefined)}
            onChange={({ target }) => setText(target.value)}
          />
        </label>
        <button type="submit">Add note</button>
      </form>
      {failed !== undefined && (
        <p role="alert" className="failed">
          {failed}
        </p>
      )}
    </section>
  )
}
