/** Height of the header in px: what sticks below it begins there. */
export const HEADER = 52;
