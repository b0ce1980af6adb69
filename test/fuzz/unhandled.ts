/** Errors that nobody caught since it was opened: each would have ended the server's process. */
export function unhandledErrors() {
  const errors: unknown[] = []
  const take = (error: unknown): void => void errors.push(error)
  process.on('uncaughtException', take)
  process.on('unhandledRejection', take)
  return {
    /** Resolves once what has happened so far would have been told; throws with the first one. */
    async none(): Promise<void> {
      await new Promise(resolve => setImmediate(resolve))
      const [first] = errors.splice(0)
      if (first !== undefined) throw new Error(`nobody caught ${first instanceof Error ? first.stack : String(first)}`)
    },
    forget(): void {
      errors.length = 0
    },
    close(): void {
      process.off('uncaughtException', take)
      process.off('unhandledRejection', take)
    },
  }
}
