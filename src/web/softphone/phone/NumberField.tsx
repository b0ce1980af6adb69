import { useId, useState } from 'react'
import { spacedNumber } from '../../state/names.ts'
import { type Chosen, numberIn } from '../state/chosen.ts'

interface NumberFieldProps {
  readonly chosen: Chosen
  readonly onChange: (chosen: Partial<Chosen>) => void
  /** Whether what is typed is a number: without one nobody can call. */
  readonly onValid: (isValid: boolean) => void
}

/** The number that the agent sees, or none. */
export function NumberField({ chosen, onChange, onValid }: NumberFieldProps) {
  const [typed, setTyped] = useState(spacedNumber(chosen.number))
  const [id, told] = [useId(), useId()]
  const isWrong = !chosen.isWithheld && numberIn(typed) === undefined
  const type = (text: string): void => {
    setTyped(text)
    const number = numberIn(text)
    onValid(number !== undefined)
    if (number !== undefined) onChange({ number })
  }
  return (
    <div className="number-field">
      <label htmlFor={id}>Your number</label>
      <input
        id={id}
        type="tel"
        autoComplete="off"
        maxLength={30}
        value={chosen.isWithheld ? '' : typed}
        placeholder={chosen.isWithheld ? 'Withheld' : '+1 555 010 0042'}
        disabled={chosen.isWithheld}
        aria-invalid={isWrong || undefined}
        aria-describedby={told}
        onChange={({ target }) => type(target.value)}
        onBlur={() => isWrong || setTyped(spacedNumber(chosen.number))}
      />
      <p id={told} className={isWrong ? 'failed' : 'fine-print'} role={isWrong ? 'alert' : undefined}>
        {isWrong
          ? 'A number begins with + and the country’s code, such as +1 555 010 0042.'
          : 'The agent keeps one list of tasks for each number.'}
      </p>
      <label className="check">
        <input
          type="checkbox"
          checked={chosen.isWithheld}
          onChange={({ target }) => {
            onChange({ isWithheld: target.checked })
            onValid(target.checked || numberIn(typed) !== undefined)
          }}
        />
        Withhold it
      </label>
    </div>
  )
}
