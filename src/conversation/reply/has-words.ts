/** Has the text a letter or a number? Of punctuation and signs alone a voice makes no sound, and some vendors refuse it. */
export const hasWords = (text: string): boolean => /[\p{L}\p{N}]/u.test(text)
