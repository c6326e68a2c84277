import { ColumnHeightOutlined } from "@ant-design/icons";
import { Button, Tooltip } from "antd";
import { setPreference, usePreferences } from "@/app/preferences";
import { useCommon } from "@/words/common";

/** Compact or comfortable rows, in every table. */
export function DensitySwitch() {
  const t = useCommon();
  const { density } = usePreferences();
  const other = density === "compact" ? "comfortable" : "compact";
  return (
    <Tooltip title={t(other)}>
      <Button
        icon={<ColumnHeightOutlined />}
        aria-label={t(other)}
        onClick={() => setPreference("density", other)}
      />
    </Tooltip>
  );
}
