/** `MUTATION_EVERY=4`: only every fourth mutant is tried, and told of in the `.jsonl`. They are numbered as they stand in the code. */
const EVERY = Number(process.env.MUTATION_EVERY ?? 1)

export const isInSample = id => Number(id) % EVERY === 0
