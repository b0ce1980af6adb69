import { type FormEvent, useState } from 'react'
import { toldOf } from '../server/ask.ts'
import { putTags } from '../server/calls.ts'

interface TagsProps {
  readonly callId: string
  readonly tags: readonly string[]
  readonly onChange: (tags: readonly string[]) => void
}

/** Words by which the call is found again. */
export function Tags({ callId, tags, onChange }: TagsProps) {
  const [text, setText] = useState('')
  const [failed, setFailed] = useState<string>()
  const put = async (next: readonly string[]): Promise<void> => {
    const answer = await putTags(callId, next, new AbortController().signal)
    setFailed(answer.kind === 'failed' ? toldOf(answer) : undefined)
    if (answer.kind === 'ok') onChange(next)
  }
  const add = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    // Lists of tags are written with commas.
    const tag = text.replaceAll(',', ' ').trim()
    if (tag === '') return
    setText('')
    if (!tags.includes(tag)) await put([...tags, tag])
  }
  return (
    <form className="tagging" onSubmit={event => void add(event)}>
      {tags.map(tag => (
        <span key={tag} className="tag">
          {tag}
          <button type="button" onClick={() => void put(tags.filter(other => other !== tag))}>
            <span aria-hidden="true">×</span>
            <span className="hidden">Remove the tag {tag}</span>
          </button>
        </span>
      ))}
      <input
        aria-label="Add a tag"
        placeholder="Add a tag"
        value={text}
        maxLength={40}
        onChange={({ target }) => setText(target.value)}
      />
      <button type="submit">Tag</button>
      {failed !== undefined && (
        <span role="alert" className="failed">
          {failed}
        </span>
      )}
    </form>
  )
}
