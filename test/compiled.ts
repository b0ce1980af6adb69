/** For a process with an environment of its own: what its files compile to is at hand from the one before. */
export const COMPILED: Readonly<Record<string, string>> = {
  ...(process.env.NODE_COMPILE_CACHE && { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE }),
}
