import type { Look } from "@/theme";

const channel = (hex: string): number => {
  const value = parseInt(hex, 16) / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
};
const luminance = (color: string): number =>
  0.2126 * channel(color.slice(1, 3)) +
  0.7152 * channel(color.slice(3, 5)) +
  0.0722 * channel(color.slice(5, 7));

/** WCAG's contrast of two colours. */
export function contrast(a: string, b: string): number {
  const [dark, bright] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (bright + 0.05) / (dark + 0.05);
}

/** A colour of heat for a share of the most, and the text colour that is read on it best. */
export function inkOn(look: Look, share: number): { fill: string; ink: string } {
  const inks = [look.text, look.surface];
  const best = (fill: string): string =>
    contrast(fill, inks[0]!) >= contrast(fill, inks[1]!) ? inks[0]! : inks[1]!;
  const readable = look.ramp.filter((fill) => contrast(fill, best(fill)) >= 4.5);
  const at = Math.min(readable.length - 1, Math.floor(Math.sqrt(Math.max(0, share)) * readable.length));
  const fill = readable[at]!;
  return { fill, ink: best(fill) };
}
