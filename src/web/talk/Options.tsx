import type { Options as Chosen } from '../state/stored.ts'

interface OptionsProps {
  readonly options: Chosen
  readonly onChange: (options: Chosen) => void
}

/** What the person can choose. */
export function Options({ options, onChange }: OptionsProps) {
  return (
    <fieldset className="options">
      <legend className="hidden">Options</legend>
      <label>
        <input
          type="checkbox"
          checked={options.isPushToTalk}
          onChange={({ target }) => onChange({ ...options, isPushToTalk: target.checked })}
        />
        Push to talk
      </label>
      <label>
        <input
          type="checkbox"
          checked={options.isAnnounced}
          onChange={({ target }) => onChange({ ...options, isAnnounced: target.checked })}
        />
        Screen readers read captions
      </label>
    </fieldset>
  )
}
