/** Marks of clusters: a disc with a ring, of which the filled part is a share; drawn once each, when first asked for. */
import type { Look, Tone } from "@/theme";

export const RING_STEPS = 20;
/** px across. */
export const SIZES = [26, 32, 38, 44] as const;
const RATIO = 2;

/** Which of the sizes a cluster of so many locations has. */
export const sizeOf = (count: number): number => (count < 10 ? 0 : count < 100 ? 1 : count < 1000 ? 2 : 3);

export const ringId = (size: number, share: number, tone: Tone): string =>
  // a share that is not nothing shows, and one that is not all leaves a gap
  `ring:${size}:${share <= 0 ? 0 : Math.max(1, Math.min(RING_STEPS - (share < 1 ? 1 : 0), Math.round(share * RING_STEPS)))}:${tone}`;

export const dotId = (kind: string, tone: Tone): string => `dot:${kind}:${tone}`;

export interface Image {
  width: number;
  height: number;
  data: Uint8ClampedArray;
}

/** The image of an id of `ringId` or `dotId`, at twice the size; undefined for other ids. */
export function drawn(id: string, look: Look): Image | undefined {
  const [what, first, ...rest] = id.split(":");
  if (what === "ring" && rest.length === 2) {
    return ring(SIZES[Number(first)] ?? SIZES[0], Number(rest[0]) / RING_STEPS, rest[1] as Tone, look);
  }
  if (what === "dot" && rest.length === 1) return dot(first ?? "store", rest[0] as Tone, look);
  return undefined;
}

function canvas(size: number): CanvasRenderingContext2D {
  const made = document.createElement("canvas");
  made.width = made.height = size * RATIO;
  const context = made.getContext("2d")!;
  context.scale(RATIO, RATIO);
  return context;
}

const pixels = (context: CanvasRenderingContext2D): Image =>
  context.getImageData(0, 0, context.canvas.width, context.canvas.height);

function ring(size: number, share: number, tone: Tone, look: Look): Image {
  const context = canvas(size);
  const middle = size / 2;
  const width = 4;
  const circle = (radius: number, from: number, to: number): void => {
    context.beginPath();
    context.arc(middle, middle, radius, from, to);
  };
  circle(middle - 1, 0, 2 * Math.PI);
  context.fillStyle = look.surface;
  context.fill();
  context.lineWidth = width;
  circle(middle - 1 - width / 2, 0, 2 * Math.PI);
  context.strokeStyle = tone === "neutral" ? look.border : look.tone[tone].fill;
  context.stroke();
  if (share > 0) {
    circle(middle - 1 - width / 2, -Math.PI / 2, -Math.PI / 2 + 2 * Math.PI * share);
    context.strokeStyle = look.tone[tone].mark;
    context.stroke();
  }
  context.lineWidth = 1;
  circle(middle - 0.75, 0, 2 * Math.PI);
  context.strokeStyle = tone === "neutral" ? look.border : look.tone[tone].mark;
  context.stroke();
  return pixels(context);
}

/** Stores are round, warehouses square, partners' places a rhombus. */
function dot(kind: string, tone: Tone, look: Look): Image {
  const size = kind === "store" ? 14 : 16;
  const context = canvas(size);
  const middle = size / 2;
  context.beginPath();
  if (kind === "warehouse") context.rect(2, 2, size - 4, size - 4);
  else if (kind === "partner") {
    context.moveTo(middle, 1);
    context.lineTo(size - 1, middle);
    context.lineTo(middle, size - 1);
    context.lineTo(1, middle);
    context.closePath();
  } else context.arc(middle, middle, middle - 1.5, 0, 2 * Math.PI);
  context.fillStyle = look.tone[tone].mark;
  context.fill();
  context.lineWidth = 1.5;
  context.strokeStyle = look.surface;
  context.stroke();
  return pixels(context);
}
