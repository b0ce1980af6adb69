/** The origin of the server's own pages. */
export const PAGE_ORIGIN = 'http://localhost'
