/** Elements in which letters are text. */
const TEXT = 'input:not([type=checkbox]):not([type=radio]):not([type=range]), textarea, select, [contenteditable]'

/** Whether a key is not for us: it is typed into something, is a shortcut of the browser's, or belongs to a dialog. */
export function isTyping({ target, altKey, ctrlKey, metaKey, isComposing }: KeyboardEvent): boolean {
  if (altKey || ctrlKey || metaKey || isComposing) return true
  return target instanceof Element && target.closest(`${TEXT}, dialog`) !== null
}

/** Elements in which the space bar or Enter has a meaning of its own. */
export const hasOwnSpace = ({ target }: KeyboardEvent): boolean =>
  target instanceof Element && target.closest('button, a[href], summary, input, [role=button]') !== null
