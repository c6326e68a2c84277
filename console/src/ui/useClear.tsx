import { CloseCircleFilled } from "@ant-design/icons";
import { useMemo } from "react";
import { useCommon } from "@/words/common";

/** `<Select allowClear={useClear()} />`, of an input as well: its button to empty it is named in the reader's language. */
export function useClear() {
  const t = useCommon();
  const label = t("clear");
  return useMemo(() => ({ label, clearIcon: <CloseCircleFilled aria-label={label} /> }), [label]);
}
