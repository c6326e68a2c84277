/** Height of the header in px: what sticks below it begins there. */
export const HEADER = 52;
/** Height in px of the bar at the bottom of a phone's screen. */
export const BAR = 56;
