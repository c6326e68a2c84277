import { encode } from "uqr";
import { light } from "@/theme";

/** A QR code as one path; dark on light in either theme, as scanners want it. */
export function Qr({ text, label, size }: { text: string; label: string; size: number }) {
  const { data: modules, size: side } = encode(text, { ecc: "M", border: 3 });
  const path = modules
    .flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])))
    .join("");
  return (
    <svg
      viewBox={`0 0 ${side} ${side}`}
      width={size}
      height={size}
      role="img"
      aria-label={label}
      shapeRendering="crispEdges"
      style={{ borderRadius: 12 }}
    >
      <rect width={side} height={side} fill={light.surface} />
      <path d={path} fill={light.text} />
    </svg>
  );
}
