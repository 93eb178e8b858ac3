/** So many rows of a list are on the page; the file has them all. */
export const SHOWN = 500;
