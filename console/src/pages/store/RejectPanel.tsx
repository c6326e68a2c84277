import { Button, Input } from "antd";
import { useState } from "react";
import { Choices } from "@/pages/store/parts";
import type { PanelProps } from "@/pages/store/TaskView";
import { useTasks } from "@/pages/store/useTasks";
import { words } from "@/pages/store/words";
import { useCommon } from "@/words/common";
import { useWords } from "@/words/words";

/** Why the store can't do it: the API's reasons, and what each means for the goods. */
export function RejectPanel({ take, store, onClose }: PanelProps & { onClose: () => void }) {
  const t = useWords(words);
  const common = useCommon();
  const { seen } = useTasks(store);
  const [reason, setReason] = useState<string | null>(null);
  const [note, setNote] = useState("");
  const reasons = seen?.choices?.reject_reasons ?? [];
  const needsNote = reason === "other";
  const complete = reason !== null && (!needsNote || note.trim() !== "");
  return (
    <>
      <h2>{t("reject_title")}</h2>
      <Choices
        label={t("reject_title")}
        value={reason}
        onChange={setReason}
        options={reasons.map(({ code, text, units_stay_for_sale }) => ({
          value: code,
          text,
          note: units_stay_for_sale ? t("reject_stays") : t("reject_goes"),
        }))}
      />
      <label className="st-label" htmlFor="st-note" style={{ marginTop: 16 }}>
        {needsNote ? t("reject_other_note") : t("reject_note")}
      </label>
      <Input.TextArea
        id="st-note"
        value={note}
        rows={2}
        maxLength={500}
        onChange={(event) => setNote(event.target.value)}
      />
      <p className="muted">{t("reject_after")}</p>
      <div className="st-bar">
        <div className="st-actions">
          <Button
            danger
            type="primary"
            block
            className="st-big"
            disabled={!complete}
            onClick={() => {
              if (reason === null) return;
              take({ name: "reject", body: note.trim() === "" ? { reason } : { reason, note: note.trim() } });
            }}
          >
            {t("reject_do")}
          </Button>
          <Button block onClick={onClose}>
            {common("cancel")}
          </Button>
        </div>
      </div>
    </>
  );
}
