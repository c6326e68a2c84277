import { Button, Input } from "antd";
import { useState } from "react";
import { Choices, Fault } from "@/pages/store/parts";
import type { PanelProps } from "@/pages/store/TaskView";
import { refusalOf, useFaults } from "@/pages/store/useFaults";
import { useTasks } from "@/pages/store/useTasks";
import { words } from "@/pages/store/words";
import { useCommon } from "@/words/common";
import { useWords } from "@/words/words";

/** Why the store can't do it: the API's reasons, and what each means for the goods. */
export function RejectPanel({ take, store, refusals, onClose }: PanelProps & { onClose: () => void }) {
  const t = useWords(words);
  const common = useCommon();
  const { seen } = useTasks(store);
  const refused = refusalOf(refusals, "reject");
  const [reason, setReason] = useState<string | null>(null);
  const [note, setNote] = useState("");
  const mending = useFaults(refused?.entry, () => {
    setReason(refused?.body.reason ?? null);
    setNote(refused?.body.note ?? "");
  });
  const reasons = seen?.choices?.reject_reasons ?? [];
  const needsNote = reason === "other";
  const complete = reason !== null && (!needsNote || note.trim() !== "");
  return (
    <>
      <h2>{t("reject_title")}</h2>
      <Choices
        label={t("reject_title")}
        value={reason}
        onChange={(value) => {
          setReason(value);
          mending.mend("/reason");
        }}
        options={reasons.map(({ code, text, units_stay_for_sale }) => ({
          value: code,
          text,
          note: units_stay_for_sale ? t("reject_stays") : t("reject_goes"),
        }))}
      />
      <Fault at="/reason" mending={mending} />
      <label className="st-label" htmlFor="st-note" style={{ marginTop: 16 }}>
        {needsNote ? t("reject_other_note") : t("reject_note")}
      </label>
      <Input.TextArea
        id="st-note"
        value={note}
        rows={2}
        status={mending.of("/note") === undefined ? "" : "error"}
        {...mending.attributes("/note")}
        onChange={(event) => {
          setNote(event.target.value);
          mending.mend("/note");
        }}
      />
      <Fault at="/note" mending={mending} />
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
