/** A JSON pointer as the name of an Ant Design form field: `/lines/0/quantity` → ["lines", 0, "quantity"]. */
export type Path = (string | number)[];

export function pathOf(pointer: string): Path {
  return pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}
