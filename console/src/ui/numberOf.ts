/** What was typed as a number, or the text itself where it is none: the API says what is wrong with that. */
export function numberOf(text: string): number | string | undefined {
  const typed = text.trim();
  if (typed === "") return undefined;
  return /^[-+]?\d+(\.\d+)?$/.test(typed) ? Number(typed) : typed;
}
