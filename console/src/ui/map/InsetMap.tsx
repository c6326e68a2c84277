import { useQuery } from "@tanstack/react-query";
import { useLook } from "@/app/look";
import { insetQuery } from "@/ui/map/regions";
import { words } from "@/ui/map/words";
import { useWords } from "@/words/words";

const SCALE = 0.9;

/** The South China Sea islands in the corner, as maps of China have them. */
export function InsetMap() {
  const look = useLook();
  const t = useWords(words);
  const { data } = useQuery(insetQuery);
  if (data === undefined) return null;
  const title = t("inset");
  return (
    <svg
      role="img"
      aria-label={title}
      viewBox={`-1 -1 ${data.width + 2} ${data.height + 14}`}
      width={(data.width + 2) * SCALE}
      height={(data.height + 14) * SCALE}
      style={{ display: "block", background: look.map.water }}
    >
      {data.polygons.map((polygon, i) => (
        <polygon
          key={i}
          points={polygon.join(" ")}
          fill={look.map.border}
          stroke={look.map.border}
          strokeWidth={0.6}
        />
      ))}
      <text
        x={data.width / 2}
        y={data.height + 9}
        fontSize={title.length > 8 ? 5.4 : 9}
        textAnchor="middle"
        fill={look.map.label}
      >
        {title}
      </text>
    </svg>
  );
}
